import type { Attribute } from "./attributes.ts";

/** The ranks of the input and the filter that a convolution has to have. */
const CONVOLUTIONS: Readonly<Record<string, number>> = {
  Conv2D: 4,
  DepthwiseConv2dNative: 4,
  Conv3D: 5,
};

/** The largest extent that TensorFlow computes a dilated filter's size in. */
const LARGEST = 2 ** 31 - 1;

/**
 * Refuses operations that end the process: TensorFlow checks their inputs with CHECK, or not at all, where others get
 * an error. What was found in TensorFlow 2.21 on CPUs, by some 150 calls with wrong shapes and sizes: convolutions of
 * another rank than theirs (oneDNN's operations index the shape before it is checked), and dilations with which a
 * filter is wider than 32 bits can say (a division by zero). TensorFlow.js itself refuses the first for all who do not
 * run kernels by name.
 *
 * @param shapesOf Gives the shapes of the inputs; called for convolutions only.
 * @throws {Error} With the operation's name, what it needs and what it was given.
 */
export function refuseAborts(
  name: string,
  attributes: readonly Attribute[],
  shapesOf: () => readonly (readonly number[])[],
): void {
  const rank = CONVOLUTIONS[name];
  if (rank === undefined) return;
  const shapes = shapesOf();
  for (const shape of shapes.slice(0, 2)) {
    if (shape.length === rank) continue;
    throw new Error(
      `${name}: an input of shape [${shape}] was given, where one of ${rank} dimensions is needed`,
    );
  }
  const dilations = attributes.find((attribute) => attribute.name === "dilations")?.value;
  if (!Array.isArray(dilations)) return;
  dilations.slice(1, -1).forEach((dilation: number, i) => {
    if ((shapes[1]![i]! - 1) * dilation + 1 <= LARGEST) return;
    throw new Error(`${name}: with a dilation of ${dilation} a filter of ${shapes[1]![i]} is too wide`);
  });
}
