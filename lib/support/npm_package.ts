import { join } from "node:path";
import { PROJECT } from "./project.ts";

/** The machine as npm packages of native programs name it, such as `linux-x64`. */
export const NPM_MACHINE = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;

/** The folder of a package that others brought along, such as `@img/sharp-linux-x64`; null where npm has not put it there. */
export function npmPackage(name: string): string | null {
  const packages = join(PROJECT, "node_modules", ".deno");
  const found = namesIn(packages).find((found) => found.startsWith(`${name.replace("/", "+")}@`));
  return found === undefined ? null : join(packages, found, "node_modules", name);
}

/** What is in a folder, in order; nothing where it is missing. */
export function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}
