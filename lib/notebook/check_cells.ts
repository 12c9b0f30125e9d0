import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { type Notebook, readNotebook, textOf } from "./notebook_file.ts";
import { PROJECT } from "../support/project.ts";

/** How {@linkcode checkCells} checks. */
export interface CheckCellsOptions {
  /**
   * The name of the folder in which the modules stand for a while, beside the notebooks' folder, so that relative imports
   * are the same. Two checks at a time want two. Default: `.cells`.
   */
  folder?: string;
}

/** The code of a notebook as one module. */
export interface Module {
  /** Its text. */
  text: string;
  /** For each line of the text, where it stands in the notebook: cell and line, counted from 1. */
  places: { cell: number; line: number }[];
}

/** A piece of code in a notebook: a code cell, or the solution of an exercise (a block of `ts` in prose). */
interface Piece {
  /** Its text, without the last line's end. */
  text: string;
  /** The cell that it stands in, counted from 1. */
  cell: number;
  /** The line of the cell that it begins in, counted from 1. */
  line: number;
  /** Whether it is a solution. */
  solution: boolean;
}

function piecesOf({ cells }: Notebook): Piece[] {
  return cells.flatMap(({ cell_type, source }, index): Piece[] => {
    const text = textOf(source);
    const cell = index + 1;
    if (cell_type === "code") return [{ text, cell, line: 1, solution: false }];
    if (cell_type !== "markdown") return [];
    return [...text.matchAll(/^```ts\n(.*?)\n```$/gms)].map(({ 1: code, index: start }) => {
      const line = text.slice(0, start).split("\n").length + 1;
      return { text: code!, cell, line, solution: true };
    });
  });
}

/**
 * Puts the code cells of a notebook one after the other. Solutions of exercises come in too, each in a scope of its
 * own, so that they are checked where they stand.
 */
export function moduleOf(notebook: Notebook): Module {
  const lines: string[] = [];
  const places: Module["places"] = [];
  for (const { text, cell, line, solution } of piecesOf(notebook)) {
    const [code, first] = solution ? [`{\n${text}\n}`, line - 1] : [text, line];
    code.split("\n").forEach((each, index) => {
      lines.push(each);
      places.push({ cell, line: first + index });
    });
  }
  return { text: lines.join("\n") + "\n", places };
}

/**
 * Type-checks and lints the code of notebooks together with the library that it calls, and looks at its format.
 *
 * @returns What `deno check`, `deno lint` and `deno fmt` complain of, each place named by notebook, cell and line;
 * empty where all is well.
 */
export async function checkCells(
  files: readonly string[],
  { folder = ".cells" }: CheckCellsOptions = {},
): Promise<string> {
  const directory = join(PROJECT, folder);
  await Deno.mkdir(directory, { recursive: true });
  const modules = new Map<string, { file: string; module: Module }>();
  const pieces = new Map<string, string>();
  try {
    for (const path of files) {
      const notebook = await readNotebook(path);
      const [name, file] = [basename(path, ".ipynb"), relative(PROJECT, path)];
      const module = moduleOf(notebook);
      modules.set(join(directory, `${name}.ts`), { file, module });
      await Deno.writeTextFile(join(directory, `${name}.ts`), module.text);
      for (const { text, cell, line } of piecesOf(notebook)) {
        const piece = join(directory, `${name}-${cell}-${line}.ts`);
        pieces.set(piece, `${file}, cell ${cell}${line === 1 ? "" : `, from line ${line}`}`);
        await Deno.writeTextFile(piece, text + "\n");
      }
    }
    const [types, style, format] = await Promise.all([
      complaintsOf(["check", ...modules.keys()]),
      complaintsOf(["lint", ...modules.keys()]),
      complaintsOf(["fmt", "--check", ...pieces.keys()]),
    ]);
    const named = [...modules].reduce(
      (text, [path, { file, module }]) => nameCells(text, { path, file, module }),
      [types, style].filter((text) => text !== "").join("\n"),
    );
    const formatNamed = [...pieces].reduce((text, [path, place]) => text.replaceAll(path, place), format);
    return [named, formatNamed].filter((text) => text !== "").join("\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function complaintsOf(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (success) return "";
  // Where in Deno's own code its error was made tells nobody anything.
  return (decoder.decode(stdout) + decoder.decode(stderr)).replace(
    /\nStack backtrace:\n(?: +\d+: .*\n?)+/,
    "",
  ).trim();
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
