import { join } from "node:path";
import { PROJECT } from "./project.ts";

/** The native library of sharp, where npm's installation has put it for this machine; null where it has not. */
export function sharpLibrary(): string | null {
  const name = `sharp-${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  const packages = join(PROJECT, "node_modules", ".deno");
  for (const found of names(packages)) {
    if (!found.startsWith(`@img+${name}@`)) continue;
    const folder = join(packages, found, "node_modules", "@img", name, "lib");
    const file = names(folder).find((file) => file.endsWith(".node"));
    if (file !== undefined) return join(folder, file);
  }
  return null;
}

function names(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}
