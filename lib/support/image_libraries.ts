import { join } from "node:path";
import { namesIn, NPM_MACHINE, npmPackage } from "./npm_package.ts";

/** The native library of sharp, where npm's installation has put it for this machine; null where it has not. */
export function sharpLibrary(): string | null {
  const folder = npmPackage(`@img/sharp-${NPM_MACHINE}`);
  return folder === null ? null : nativeFile(join(folder, "lib"));
}

/** The native libraries that decode PNGs, those for any C library of this machine: the package finds out which it wants. */
export function pngLibraries(): string[] {
  return ["", "-gnu", "-musl"].flatMap((library) => {
    const folder = npmPackage(`@napi-rs/image-${NPM_MACHINE}${library}`);
    return folder === null ? [] : nativeFile(folder) ?? [];
  });
}

function nativeFile(folder: string): string | null {
  const file = namesIn(folder).find((file) => file.endsWith(".node"));
  return file === undefined ? null : join(folder, file);
}
