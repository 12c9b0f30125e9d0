import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";

/** Where pydicom's own test files lie: what the environment variable `PYDICOM_FILES` names, else `data/pydicom`. */
export const PYDICOM_FILES = Deno.env.get("PYDICOM_FILES") ??
  resolve(import.meta.dirname!, "../../data/pydicom");

/** Where the wheels have them. */
const PLACES: Readonly<Record<string, string>> = {
  "pydicom/data/test_files/": "pydicom",
  "data_store/data/": "pydicom-data",
};

/**
 * Fetches the DICOM files that pydicom is tested with (36 MB of wheels; MIT and public domain): tests read them where
 * they are. `deno run -A tests/dataset/_pydicom_files.ts`
 */
async function fetchFiles(): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const { code } = await new Deno.Command("python3", {
      args: ["-m", "pip", "download", "--no-deps", "--dest", folder, "pydicom==3.0.2", "pydicom-data==1.0.0"],
    }).spawn().status;
    if (code !== 0) Deno.exit(code);
    for await (const { name } of Deno.readDir(folder)) {
      for (const [path, content] of Object.entries(unzipSync(await Deno.readFile(join(folder, name))))) {
        const [place, into] = Object.entries(PLACES).find(([place]) => path.startsWith(place)) ?? [];
        if (place === undefined || path.endsWith("/")) continue;
        const file = join(PYDICOM_FILES, into!, path.slice(place.length));
        await Deno.mkdir(dirname(file), { recursive: true });
        await Deno.writeFile(file, content);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await fetchFiles();
