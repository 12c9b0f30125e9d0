import { type Random, random } from "../support/random.ts";

/** How a parameter gets its first values: see {@linkcode initialValues}. */
export type Initializer = "zeros" | "ones" | "heNormal" | "depthwiseHeNormal" | "glorotUniform";

/** A normal distribution cut off at two standard deviations has this standard deviation. */
const CUT_NORMAL_DEVIATION = 0.87962566103423978;

/**
 * Draws the first values of a parameter.
 *
 * - `heNormal`: He et al., 2015: normal, cut off at two deviations, of variance 2 / fan-in
 * - `depthwiseHeNormal`: the same for a depthwise kernel, each of whose outputs comes from one channel
 * - `glorotUniform`: Glorot and Bengio, 2010: uniform within ±sqrt(6 / (fan-in + fan-out))
 *
 * @param shape A convolution's [height, width, in, out] or a dense layer's [in, out]; anything for zeros and ones.
 * @param options The seed, and the parameter's name, so that each parameter has numbers of its own.
 */
export function initialValues(
  initializer: Initializer,
  shape: readonly number[],
  { seed, name }: { seed: number; name: string },
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (initializer === "zeros") return values;
  if (initializer === "ones") return values.fill(1);
  const field = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const fanIn = initializer === "depthwiseHeNormal" ? field : field * shape.at(-2)!;
  const fanOut = field * shape.at(-1)!;
  const stream = random(seed, "initial values", name);
  if (initializer !== "glorotUniform") {
    const deviation = Math.sqrt(2 / fanIn) / CUT_NORMAL_DEVIATION;
    return values.map(() => deviation * cutNormal(stream));
  }
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return values.map(() => limit * (2 * stream.uniform() - 1));
}

function cutNormal(stream: Random): number {
  for (;;) {
    const value = stream.normal();
    if (Math.abs(value) <= 2) return value;
  }
}
