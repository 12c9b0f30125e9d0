import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT } from "./_jupyter.ts";
import { type Notebook, readNotebook, textOf } from "./_notebook.ts";

/** Where the modules stand for a while: beside the notebooks' folder, so that relative imports are the same. */
const MODULES = join(PROJECT, ".cells");

/** The code of a notebook as one module. */
export interface Module {
  /** Its text. */
  text: string;
  /** For each line of the text, where it stands in the notebook: cell and line, counted from 1. */
  places: { cell: number; line: number }[];
}

/**
 * Puts the code cells of a notebook one after the other. Solutions of exercises (blocks of `ts` in prose) come
 * in too, each in a scope of its own, so that they are checked where they stand.
 */
export function moduleOf(notebook: Notebook): Module {
  const lines: string[] = [];
  const places: Module["places"] = [];
  const add = (text: string, cell: number, first: number) => {
    text.split("\n").forEach((line, index) => {
      lines.push(line);
      places.push({ cell, line: first + index });
    });
  };
  notebook.cells.forEach(({ cell_type, source }, index) => {
    const text = textOf(source);
    if (cell_type === "code") add(text, index + 1, 1);
    if (cell_type !== "markdown") return;
    for (const { 0: block, 1: code, index: start } of text.matchAll(/^```ts\n(.*?)^```$/gms)) {
      const first = text.slice(0, start).split("\n").length + 1;
      if (block !== "") add(`{\n${code}}`, index + 1, first - 1);
    }
  });
  return { text: lines.join("\n") + "\n", places };
}

/**
 * Type-checks and lints the code of notebooks together with the library that it calls.
 *
 * @returns What `deno check` and `deno lint` complain of, each place named by notebook, cell and line; empty where
 * all is well.
 */
export async function checkCells(files: readonly string[]): Promise<string> {
  await Deno.mkdir(MODULES, { recursive: true });
  const modules = new Map<string, { file: string; module: Module }>();
  try {
    for (const file of files) {
      const module = moduleOf(await readNotebook(file));
      const path = join(MODULES, `${basename(file, ".ipynb")}.ts`);
      await Deno.writeTextFile(path, module.text);
      modules.set(path, { file: relative(PROJECT, file), module });
    }
    const complaints = await Promise.all([
      complaintsOf(["check", ...modules.keys()]),
      complaintsOf(["lint", ...modules.keys()]),
    ]);
    return [...modules].reduce(
      (text, [path, { file, module }]) => nameCells(text, { path, file, module }),
      complaints.filter((text) => text !== "").join("\n"),
    );
  } finally {
    await Deno.remove(MODULES, { recursive: true });
  }
}

async function complaintsOf(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return success ? "" : (decoder.decode(stdout) + decoder.decode(stderr)).trim();
}

/** Replaces places in a module by places in its notebook. */
function nameCells(
  text: string,
  { path, file, module }: { path: string; file: string; module: Module },
): string {
  return [pathToFileURL(path).href, path].reduce((named, name) => {
    const place = new RegExp(`${name.replace(/[.\\+]/g, "\\$&")}:(\\d+)(:\\d+)?`, "g");
    return named.replace(place, (_, row) => {
      const { cell, line } = module.places[Number(row) - 1]!;
      return `${file}, cell ${cell}, line ${line}`;
    });
  }, text);
}
