import { join } from "node:path";
import { PROJECT } from "./project.ts";

/** The modules that the library exports, by name (`./evaluation`), each with its file in the project's folder. */
export function exportedModules(): Record<string, string> {
  const { exports } = JSON.parse(Deno.readTextFileSync(join(PROJECT, "deno.json"))) as {
    exports: Record<string, string>;
  };
  return exports;
}
