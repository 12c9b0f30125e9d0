import { join } from "node:path";
import { PROJECT } from "./project.ts";

/** This project's version, as CITATION.cff says it; null where that is not there. */
export function projectVersion(): string | null {
  try {
    return Deno.readTextFileSync(join(PROJECT, "CITATION.cff")).match(/^version: (\S+)$/m)?.[1] ?? null;
  } catch {
    return null;
  }
}
