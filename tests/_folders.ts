import { join, relative } from "node:path";
import { SUMS_FILE } from "../lib/support/summed_folder.ts";

/** A folder of its own in the system's temporary folder; disposing of it removes it. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "thorax_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/**
 * The paths of all files below a folder, each with the SHA-256 of its bytes; what holds times is left out: event files
 * and where a run comes from, and their lines in the checksums.
 */
export async function bitsOf(folder: string): Promise<Record<string, string>> {
  const bits: Record<string, string> = {};
  async function add(below: string): Promise<void> {
    for await (const { name, isDirectory } of Deno.readDir(below)) {
      const path = join(below, name);
      if (isDirectory && name !== "tensorboard") await add(path);
      else if (!isDirectory && name !== "provenance.json") {
        const bytes = name === SUMS_FILE ? await timelessSums(path) : await Deno.readFile(path);
        const hash = await crypto.subtle.digest("SHA-256", bytes);
        bits[relative(folder, path)] = new Uint8Array(hash).toHex();
      }
    }
  }
  await add(folder);
  return bits;
}

/** Checksums without the lines of files that hold times, and without the line of their own. */
async function timelessSums(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const lines = (await Deno.readTextFile(path)).split("\n");
  const kept = lines.slice(1).filter((line) => !/ {2}(provenance\.json|tensorboard\/.*)$/.test(line));
  return new TextEncoder().encode(kept.join("\n"));
}
