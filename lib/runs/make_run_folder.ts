import { basename, join, resolve } from "node:path";
import { RUNS } from "../support/project.ts";

/** What a run is called that nobody named: like its data. */
export function runNameOf(dataPath: string): string {
  return basename(resolve(dataPath)).replace(/\.(csv|npz)(\.gz)?$/, "");
}

/** Makes the next free folder in data/runs that begins with a name: `NAME-1`, `NAME-2` and so on. */
export async function makeRunFolder(name: string): Promise<string> {
  await Deno.mkdir(RUNS, { recursive: true });
  for (let number = 1;; number++) {
    const dir = join(RUNS, `${name}-${number}`);
    try {
      await Deno.mkdir(dir);
      return dir;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}
