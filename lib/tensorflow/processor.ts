import { devices } from "./context.ts";
import { instructionSets } from "./instruction_sets.ts";

/**
 * Whether bfloat16 is slower here than float32: there is no GPU, and the processor lacks the instructions, so that each
 * operation on bfloat16 is emulated. False where the instruction sets are not known.
 */
export function emulatesBfloat16(sets: ReadonlySet<string> | null = instructionSets()): boolean {
  if (Deno.build.arch !== "x86_64" || sets === null) return false;
  return !sets.has("avx512_bf16") && !sets.has("amx_bf16") && devices().every(({ type }) => type !== "GPU");
}
