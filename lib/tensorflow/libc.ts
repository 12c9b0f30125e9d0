import { sharpLibrary } from "../support/image_libraries.ts";

/**
 * Opens libc for some of its functions: libc itself, or sharp's library, which is linked against it, where only that may
 * be opened. Null where neither may, and on Windows.
 */
export function openLibc<Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols> | null {
  if (Deno.build.os === "windows") return null;
  const own = Deno.build.os === "darwin" ? "libSystem.dylib" : "libc.so.6";
  const mayOpen = (path: string) => Deno.permissions.querySync({ name: "ffi", path }).state === "granted";
  const file = [own, sharpLibrary()].find((file) => file !== null && mayOpen(file));
  return file ? Deno.dlopen(file, symbols) : null;
}
