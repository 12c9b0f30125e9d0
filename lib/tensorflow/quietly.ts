import { openLibc } from "./libc.ts";

const STDERR = 2;

const SYMBOLS = {
  dup: { parameters: ["i32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/**
 * Runs a function while the process's standard error leads nowhere, for TensorFlow writes start-up lines that no
 * setting of its own turns off. `TENSORFLOW_VERBOSE=1` lets them through.
 */
export function quietly<T>(work: () => T): T {
  const libc = Deno.env.get("TENSORFLOW_VERBOSE") ? null : openLibc(SYMBOLS);
  if (libc === null) return work();
  const { dup, dup2, open, close } = libc.symbols;
  const kept = dup(STDERR);
  const nowhere = open(new TextEncoder().encode("/dev/null\0"), 1);
  dup2(nowhere, STDERR);
  try {
    return work();
  } finally {
    dup2(kept, STDERR);
    close(kept);
    close(nowhere);
    libc.close();
  }
}
