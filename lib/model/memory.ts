import { layerShapes } from "./layer_shapes.ts";
import { sizeOf } from "./model.ts";
import type { Network } from "./network.ts";

/** What memory is estimated for. */
export interface MemoryOptions {
  /** Images that are computed at a time. */
  batchSize: number;
  /** The precision of convolutions and products. */
  precision: "float32" | "bfloat16";
}

/** Memory in bytes. */
export interface Memory {
  /** What is needed at the least: the layers' inputs and outputs that a step has to keep at a time. */
  least: number;
  /** What the process takes in all, within a quarter or so (measured: 0.8 to 1.8 GB on seven networks and batches). */
  about: number;
}

/** TensorFlow, Deno and the program, before a network computes. */
const PROGRAM_BYTES = 450e6;
/** What a trained weight takes: itself, its gradient, two averages of Adam, and copies of them while a step is built. */
const BYTES_A_WEIGHT = 4 * 15;

/**
 * The memory that training a network takes: until the gradient has passed, each layer's input and output stay.
 */
export function trainingMemory(network: Network, { batchSize, precision }: MemoryOptions): Memory {
  const layers = layerShapes(network);
  const values = layers.reduce((sum, { input, output }) => sum + sizeOf(input) + sizeOf(output), 0);
  const weights = layers.reduce((sum, { kernel }) => sum + sizeOf(kernel), 0);
  const least = values * batchSize * bytesOf(precision);
  return { least, about: PROGRAM_BYTES + BYTES_A_WEIGHT * weights + least };
}

/** The memory that scoring images takes at the least: one layer's input and output. */
export function scoringMemory(
  network: Network,
  { batchSize, precision }: MemoryOptions,
): Pick<Memory, "least"> {
  const values = layerShapes(network).map(({ input, output }) => sizeOf(input) + sizeOf(output));
  return { least: Math.max(...values) * batchSize * bytesOf(precision) };
}

function bytesOf(precision: MemoryOptions["precision"]): number {
  return precision === "bfloat16" ? 2 : 4;
}
