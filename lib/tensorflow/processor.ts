import { hasGpu } from "./context.ts";
import { instructionSets } from "./instruction_sets.ts";

/**
 * Whether bfloat16 is slower here than float32: there is no GPU, and the processor lacks the instructions, so that each
 * operation on bfloat16 is emulated. False where the instruction sets are not known.
 */
export function emulatesBfloat16(sets: ReadonlySet<string> | null = instructionSets()): boolean {
  if (Deno.build.arch !== "x86_64" || sets === null) return false;
  return !sets.has("avx512_bf16") && !sets.has("amx_bf16") && !hasGpu();
}

/** What `ONEDNN_MAX_CPU_ISA` holds oneDNN to, where that is less than AVX-512. */
const WITHOUT_AVX512 = /^(?:SSE41|AVX|AVX2|AVX2_VNNI|AVX2_VNNI_2)$/i;

let isSlow: boolean | undefined;

/**
 * Whether oneDNN's batch normalisation by given averages is slower than a product and a sum: on x86 processors without
 * AVX-512, or held to less. In ResNet-56 v2 it takes half of the time of inference there (64x64, batch 32, two cores held
 * to AVX2, by oneDNN's own log); with AVX-512 there is no difference.
 */
export function isNormalizationSlow(): boolean {
  return isSlow ??= lacksAvx512(instructionSets(), heldTo());
}

/** Whether oneDNN works without AVX-512 on a processor with these instruction sets; false where they are not known. */
export function lacksAvx512(sets: ReadonlySet<string> | null, heldTo: string | undefined): boolean {
  if (sets === null || !sets.has("avx2")) return false;
  return !sets.has("avx512f") || WITHOUT_AVX512.test(heldTo ?? "");
}

function heldTo(): string | undefined {
  const variable = "ONEDNN_MAX_CPU_ISA";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
