import { join } from "node:path";
import { namesIn, NPM_MACHINE, npmPackage } from "./npm_package.ts";

/** The native library of sharp, where npm's installation has put it for this machine; null where it has not. */
export function sharpLibrary(): string | null {
  const folder = npmPackage(`@img/sharp-${NPM_MACHINE}`);
  if (folder === null) return null;
  const file = namesIn(join(folder, "lib")).find((file) => file.endsWith(".node"));
  return file === undefined ? null : join(folder, "lib", file);
}
