/** The vector instructions that implementations may use: all that the processor has, or none beyond AVX2. */
export type Instructions = "all" | "AVX2";

/** What the benchmark names of a processor's instruction sets, the newest last, by Linux's names. */
const NAMED = {
  avx2: "AVX2",
  avx_vnni: "AVX-VNNI",
  avx512f: "AVX-512",
  avx512_vnni: "VNNI",
  avx512_bf16: "bfloat16",
  amx_bf16: "AMX",
};

/**
 * The environment that keeps an implementation to some instructions. oneDNN (in TensorFlow, PyTorch and OpenVINO), ATen
 * and MKL obey it, ONNX Runtime does not. TensorFlow's own choice of its oneDNN operations does not either: it goes by
 * what the processor has.
 */
export function environmentFor(instructions: Instructions): Record<string, string> {
  if (instructions === "all") return {};
  return { ONEDNN_MAX_CPU_ISA: "AVX2", ATEN_CPU_CAPABILITY: "avx2", MKL_ENABLE_INSTRUCTIONS: "AVX2" };
}

/** Whether the processor has more than AVX2, so that without is another measure. */
export function hasAvx512(sets: ReadonlySet<string> | null): boolean {
  return sets?.has("avx512f") ?? false;
}

/** The processor's vector instructions in words, such as `AVX2, AVX-512, VNNI`. */
export function describeInstructions(sets: ReadonlySet<string> | null): string {
  if (sets === null) return "unknown vector instructions";
  const names = Object.entries(NAMED).filter(([set]) => sets.has(set)).map(([, name]) => name);
  return names.length === 0 ? "no vector instructions beyond AVX" : names.join(", ");
}
