import { basename, relative } from "node:path";
import { InputError } from "../support/input_error.ts";
import { NOTEBOOKS, PROJECT } from "../support/project.ts";
import { defineTask, runTask } from "./_command.ts";

interface CheckFlags {
  watch?: true;
}

/** How long a folder has to be quiet before what was saved is read, in ms: editors save in several steps. */
const QUIET = 200;

const task = defineTask("check", {
  description:
    "Checks the code in notebooks without running it: its types, together with the library that it calls, its style and " +
    "its format. Each complaint names the cell and the line.",
  examples: [
    ["deno task check", "checks all notebooks"],
    ["deno task check 03 --watch", "checks one whenever it is saved, until Ctrl-C"],
  ],
})
  .argument("[notebooks...]", "which notebooks, such as 03 or 03_train")
  .option("--watch", "check each notebook again whenever it is saved")
  .action(async (names: string[], { watch }: CheckFlags) => {
    const { notebookFiles } = await import("./notebooks.ts");
    const files = await notebookFiles(names);
    // Begun before the first check, so that what is saved meanwhile is not missed.
    const watcher = watch && Deno.watchFs(NOTEBOOKS, { recursive: false });
    const areSound = await checkAndSay(files);
    if (watcher) return await checkWhenSaved(files, watcher);
    if (!areSound) throw new InputError("The code of the notebooks has mistakes");
  });

/** Checks notebooks and says what is wrong with them; gives whether nothing is. */
async function checkAndSay(files: readonly string[]): Promise<boolean> {
  const { checkCells } = await import("../notebook/check_cells.ts");
  const start = performance.now();
  const complaints = await checkCells(files, { folder: ".cells-check" });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    complaints || `${files.map((file) => relative(PROJECT, file)).join(", ")}: sound (${seconds} s)`,
  );
  return complaints === "";
}

/** Checks each of some notebooks again when it was saved. Ends with the process. */
async function checkWhenSaved(files: readonly string[], watcher: Deno.FsWatcher): Promise<void> {
  console.error(`Watching ${files.length === 1 ? relative(PROJECT, files[0]!) : "notebooks"} (Ctrl-C ends)`);
  const saved = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checking: Promise<void> = Promise.resolve();
  for await (const { kind, paths } of watcher) {
    if (kind === "access") continue;
    const wanted = files.filter((file) => paths.some((path) => basename(path) === basename(file)));
    for (const file of wanted) saved.add(file);
    if (saved.size === 0) continue;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const some = [...saved];
      saved.clear();
      checking = checking.then(async () => {
        try {
          await checkAndSay(some);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          console.error(`error: ${error.message}`);
        }
      });
    }, QUIET);
  }
}

if (import.meta.main) await runTask(task);
