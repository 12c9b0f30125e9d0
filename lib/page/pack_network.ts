import { saliency } from "../explanation/saliency.ts";
import { forward, type Model } from "../model/model.ts";
import { tf } from "../tensorflow/mod.ts";
import { packHalves, toBase64 } from "./base64.ts";
import type { PageWeights, SelfTest, WeightPrecision } from "./page_data.ts";
import { InputError } from "../support/input_error.ts";

/** A network as a page carries it. */
export interface PackedNetwork {
  weights: PageWeights;
  selfTest: SelfTest;
}

/**
 * Packs a model's weights, and works out what browsers are to make of an image. The model has the packed weights
 * afterwards, rounded where they are of 16 bits.
 *
 * @param images uint8 [imageSize, imageSize] each, one at least: the self-test takes the first that has a heat map.
 * @throws {InputError} Where a weight is too large for 16 bits.
 */
export async function packNetwork(
  model: Model,
  { images, precision }: { images: readonly Uint8Array[]; precision: WeightPrecision },
): Promise<PackedNetwork> {
  const before = images.map((image) => logitsOf(model, image));
  const trained = model.weights.dataSync() as Float32Array;
  const halves = precision === "float16" ? Float16Array.from(trained) : null;
  if (halves?.some((value) => !Number.isFinite(value))) {
    throw new InputError(
      `a weight of ${model.network.name} is too large for 16 bits: type --weights float32`,
    );
  }
  if (halves) tf.tidy(() => model.weights.assign(tf.tensor1d(Float32Array.from(halves))));
  const after = images.map((image) => logitsOf(model, image));
  const differences = after.flatMap((logits, i) =>
    Array.from(logits, (value, j) => Math.abs(value - before[i]![j]!))
  );
  return {
    weights: {
      precision,
      trained: halves ? packHalves(halves) : toBase64(trained),
      moving: toBase64(model.moving.dataSync() as Float32Array),
      error: Math.max(...differences),
    },
    selfTest: await selfTestOf(model, images, after),
  };
}

/** Zeros prove nothing, since broken backends make them too: the first map that is none is taken, of likely findings first. */
async function selfTestOf(
  model: Model,
  images: readonly Uint8Array[],
  logits: readonly Float32Array[],
): Promise<SelfTest> {
  const explain = saliency(model);
  let first: SelfTest | null = null;
  try {
    for (const [i, image] of images.entries()) {
      const own = [...logits[i]!];
      const likelyFirst = [...own.keys()].sort((a, b) => own[b]! - own[a]!);
      for (const label of likelyFirst) {
        const inputs = [inputOf(model, image), tf.tensor2d([[label]], undefined, "int32")] as const;
        const maps = await explain(...inputs);
        const map = await maps.data() as Float32Array;
        tf.dispose([...inputs, maps]);
        const made = { pixels: toBase64(image), logits: own, label, map: toBase64(map) };
        if (map.some((value) => value > 0)) return made;
        first ??= made;
      }
    }
  } finally {
    explain.dispose();
  }
  return first!;
}

function logitsOf(model: Model, image: Uint8Array): Float32Array {
  return tf.tidy(() =>
    forward(model, inputOf(model, image), { training: false }).logits.dataSync() as Float32Array
  );
}

function inputOf({ network: { imageSize } }: Model, pixels: Uint8Array): tf.Tensor4D {
  return tf.tensor4d(Float32Array.from(pixels, (value) => value / 255), [1, imageSize, imageSize, 1]);
}
