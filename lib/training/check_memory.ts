import type { Memory } from "../model/memory.ts";
import { InputError } from "../support/input_error.ts";
import { hasGpu } from "../tensorflow/mod.ts";
import type { Settings } from "./settings.ts";

/**
 * Makes sure that this machine has the memory that work on a network needs at the least. GPUs have memory of their own,
 * of which nothing is known.
 *
 * @throws {InputError} It has not: the system would end the process in the middle of its work.
 */
export function checkMemory(
  { least }: Pick<Memory, "least">,
  { network, batchSize, imageSize }: Pick<Settings, "network" | "batchSize" | "imageSize">,
): void {
  const total = memoryOfMachine();
  if (least <= total || hasGpu()) return;
  throw new InputError(
    `batches of ${batchSize} images of ${imageSize}x${imageSize} take at least ${
      gigabytes(least)
    } of memory in ` +
      `${network}, and this machine has ${gigabytes(total)}: take a smaller --batch-size or --image-size`,
  );
}

/** Bytes as gigabytes for people: `1.9 GB`. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString("en", { maximumFractionDigits: bytes < 1e10 ? 1 : 0 })} GB`;
}

/** The machine's memory with its swap space in bytes; Infinity where a program may not ask. */
function memoryOfMachine(): number {
  try {
    const { total, swapTotal } = Deno.systemMemoryInfo();
    return total + swapTotal;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return Infinity;
    throw error;
  }
}
