import { sharpLibrary } from "../support/sharp_library.ts";

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
  const file = Deno.env.get("TENSORFLOW_VERBOSE") ? null : libc();
  if (file === null) return work();
  const library = Deno.dlopen(file, SYMBOLS);
  const { dup, dup2, open, close } = library.symbols;
  const kept = dup(STDERR);
  const nowhere = open(new TextEncoder().encode("/dev/null\0"), 1);
  dup2(nowhere, STDERR);
  try {
    return work();
  } finally {
    dup2(kept, STDERR);
    close(kept);
    close(nowhere);
    library.close();
  }
}

/** A library that gives libc's functions and may be opened here: libc, or sharp's, which is linked against it. */
function libc(): string | null {
  if (Deno.build.os === "windows") return null;
  const own = Deno.build.os === "darwin" ? "libSystem.dylib" : "libc.so.6";
  const mayOpen = (path: string) => Deno.permissions.querySync({ name: "ffi", path }).state === "granted";
  return [own, sharpLibrary()].find((file) => file !== null && mayOpen(file)) ?? null;
}
