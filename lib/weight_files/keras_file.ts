import type { StoredTensor } from "./stored_tensor.ts";

/** What a layer of a class keeps, in the order of Keras 3's `vars`. */
export interface KerasFileLayer {
  /** The class in snake case: `conv2d`, `dense`, `batch_normalization`. */
  type: string;
  /** The layer's name, which Keras keeps beside the place. */
  name: string;
  weights: readonly StoredTensor[];
}

/** Where the HDF5 library has the file while it is written: in its own memory. */
const PLACE = "/written.weights.h5";

/**
 * Weights as the `.weights.h5` that Keras 3 reads with `model.load_weights`.
 *
 * @param layers In the order of `model.layers`, which is how Keras finds them: class by class.
 */
export async function kerasWeightsFile(layers: readonly KerasFileLayer[]): Promise<Uint8Array<ArrayBuffer>> {
  const { default: h5wasm } = await import("h5wasm");
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File(PLACE, "w");
  try {
    const root = file.create_group("layers");
    const counts = new Map<string, number>();
    for (const { type, name, weights } of layers) {
      const count = counts.get(type) ?? 0;
      counts.set(type, count + 1);
      const variables = root.create_group(count === 0 ? type : `${type}_${count}`).create_group("vars");
      variables.create_attribute("name", name);
      for (const [i, { shape, data }] of weights.entries()) {
        variables.create_dataset({
          name: `${i}`,
          data: data as Float32Array,
          shape: [...shape],
          dtype: "<f4",
        });
      }
    }
  } finally {
    file.close();
  }
  const bytes = FS.readFile(PLACE) as Uint8Array<ArrayBuffer>;
  FS.unlink(PLACE);
  return bytes;
}
