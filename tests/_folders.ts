import { join, relative } from "node:path";

/** A folder of its own in the system's temporary folder; disposing of it removes it. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "thorax_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** The paths of all files below a folder, each with the SHA-256 of its bytes; what holds times is left out: event files and where a run comes from. */
export async function bitsOf(folder: string): Promise<Record<string, string>> {
  const bits: Record<string, string> = {};
  async function add(below: string): Promise<void> {
    for await (const { name, isDirectory } of Deno.readDir(below)) {
      const path = join(below, name);
      if (isDirectory && name !== "tensorboard") await add(path);
      else if (!isDirectory && name !== "provenance.json") {
        const hash = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
        bits[relative(folder, path)] = new Uint8Array(hash).toHex();
      }
    }
  }
  await add(folder);
  return bits;
}
