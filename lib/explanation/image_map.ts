import { tf } from "../tensorflow/mod.ts";
import type { Saliency } from "./saliency.ts";

/** An image that a map is made of, and what for. */
export interface MappedImage {
  /** [size, size, 1] in 0..1, as in training. */
  values: Float32Array;
  /** Its height and width in pixels. */
  size: number;
  /** The finding's index among the network's outputs. */
  finding: number;
}

/** The saliency map of one image for one finding: [height * width] in 0..1, row by row. */
export async function imageMap(
  explain: Saliency,
  { values, size, finding }: MappedImage,
): Promise<Float32Array> {
  const input = tf.tensor4d(values, [1, size, size, 1]);
  const label = tf.tensor2d([finding], [1, 1], "int32");
  const map = await explain(input, label).finally(() => tf.dispose([input, label]));
  const heat = map.dataSync() as Float32Array;
  map.dispose();
  return heat;
}
