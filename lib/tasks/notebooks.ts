import { basename, join, relative } from "node:path";
import { InputError } from "../support/input_error.ts";
import { checkCells } from "../notebook/check_cells.ts";
import { defineTask, runTask } from "./_command.ts";
import { prepareJupyter } from "./_jupyter.ts";
import {
  cleanNotebook,
  compareOutputs,
  findPaths,
  readNotebook,
  writeNotebook,
} from "../notebook/notebook_file.ts";
import { showProgress } from "../support/progress.ts";
import { runNotebook } from "./_run_notebook.ts";
import { NOTEBOOKS, PROJECT } from "../support/project.ts";

/** What `deno task notebooks` may be told. */
export interface NotebooksOptions {
  /** Compares the outputs with the stored ones and stores nothing. */
  check?: boolean;
}

/**
 * Runs notebooks, each in a fresh kernel, and stores their outputs.
 *
 * @param names Which of them, as `03` or `03_train`; all where none is given.
 * @throws {InputError} When a name fits no notebook, the code has mistakes, a cell fails, an output names a path of
 * this machine, or, with `check`, an output differs from the stored one.
 */
export async function notebooks(
  names: readonly string[],
  { check = false }: NotebooksOptions,
): Promise<void> {
  const files = await notebookFiles(names);
  const venv = join(PROJECT, ".venv");
  await prepareJupyter(venv);
  const complaints = await checkCells(files);
  if (complaints !== "") {
    console.error(complaints);
    throw new InputError("The code of the notebooks has mistakes, so none was run");
  }
  for (const file of files) {
    const name = relative(PROJECT, file);
    const stored = await readNotebook(file);
    const cells = stored.cells.filter(({ cell_type }) => cell_type === "code").length;
    using progress = showProgress(name, { total: cells, unit: "cells" });
    const fresh = cleanNotebook(await runNotebook(file, { venv, progress: progress.update }));
    refuse(name, findPaths(fresh, [PROJECT, Deno.env.get("HOME") ?? PROJECT]));
    if (check) refuse(name, compareOutputs(stored, fresh));
    else await writeNotebook(file, fresh);
  }
}

/**
 * The notebooks' files in their order.
 *
 * @throws {InputError} When a name fits no notebook.
 */
export async function notebookFiles(names: readonly string[] = []): Promise<string[]> {
  const all = (await Array.fromAsync(Deno.readDir(NOTEBOOKS)))
    .map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb"))
    .sort();
  const fits = (file: string, name: string) => basename(file, ".ipynb").startsWith(basename(name, ".ipynb"));
  for (const name of names) {
    if (all.some((file) => fits(file, name))) continue;
    throw new InputError(`There is no notebook "${name}"; there are ${all.join(", ")}`);
  }
  return all
    .filter((file) => names.length === 0 || names.some((name) => fits(file, name)))
    .map((file) => join(NOTEBOOKS, file));
}

function refuse(name: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new InputError(`${name}: ${faults.join("; ")}`);
}

const task = defineTask("notebooks", {
  description: "Runs the notebooks in their order, each in a fresh kernel, and stores their outputs in them.",
  examples: [
    ["deno task notebooks", "runs all"],
    ["deno task notebooks 01 02", "runs two of them"],
    ["deno task notebooks --check", "runs all and says where an output is not the stored one"],
  ],
})
  .argument("[notebooks...]", "which notebooks, such as 03 or 03_train")
  .option("--check", "compare the outputs with the stored ones and store nothing")
  .action(notebooks);

if (import.meta.main) await runTask(task);
