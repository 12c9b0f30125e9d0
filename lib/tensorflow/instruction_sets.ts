import { openLibc } from "./libc.ts";

/** Large enough for what the kernel tells of the first core. */
const FIRST_CORE_BYTES = 1 << 16;

/**
 * The processor's instruction sets by Linux's names, such as `avx2` or `avx512_bf16`; null where they cannot be learnt:
 * on other systems, or without permission for libc. (Deno gives the file to no one with less than all permissions.)
 */
export function instructionSets(): ReadonlySet<string> | null {
  if (Deno.build.os !== "linux") return null;
  const libc = openLibc({
    open: { parameters: ["buffer", "i32"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
  });
  if (libc === null) return null;
  const { open, read, close } = libc.symbols;
  const file = open(new TextEncoder().encode("/proc/cpuinfo\0"), 0);
  const bytes = new Uint8Array(FIRST_CORE_BYTES);
  const length = Math.max(Number(read(file, bytes, BigInt(bytes.length))), 0);
  close(file);
  libc.close();
  return instructionSetsIn(new TextDecoder().decode(bytes.subarray(0, length)));
}

/** The instruction sets that `/proc/cpuinfo` names for its first core; null where it names none. */
export function instructionSetsIn(cpuinfo: string): ReadonlySet<string> | null {
  const names = cpuinfo.match(/^(?:flags|Features)\s*:(.*)$/m)?.[1];
  return names === undefined ? null : new Set(names.trim().split(/\s+/));
}
