import { InputError } from "../support/input_error.ts";
import { writeAtomically } from "../support/write_atomically.ts";

/** What an output shows, by MIME type; long texts may be in lines. */
export type MimeBundle = Record<string, unknown>;

/** One output of a code cell. */
export interface Output {
  /** Which kind it is: `stream`, `display_data`, `execute_result` or `error`. */
  output_type: string;
  /** What is shown, where it is not a stream or an error. */
  data?: MimeBundle;
  /** What is said of what is shown, by MIME type. */
  metadata?: Record<string, unknown>;
  /** The stream's name: `stdout` or `stderr`. */
  name?: string;
  /** The stream's text. */
  text?: string | string[];
  /** The name of an error's class. */
  ename?: string;
  /** An error's message. */
  evalue?: string;
  /** The number of the execution that gave the result. */
  execution_count?: number | null;
}

/** One cell of a notebook. */
export interface Cell {
  /** Prose or code. */
  cell_type: "markdown" | "code" | "raw";
  /** Stays the same as long as the cell is there. */
  id: string;
  /** What is said of the cell; `tags` is a list of words. */
  metadata: { tags?: string[]; [name: string]: unknown };
  /** The text, whole or in lines. */
  source: string | string[];
  /** What a code cell showed. */
  outputs?: Output[];
  /** The number of a code cell's execution; null where it has not run. */
  execution_count?: number | null;
}

/** A Jupyter notebook in format 4.5 (https://nbformat.readthedocs.io). */
export interface Notebook {
  /** The cells in their order. */
  cells: Cell[];
  /** The kernel and its language. */
  metadata: Record<string, unknown>;
  /** 4. */
  nbformat: number;
  /** 5. */
  nbformat_minor: number;
}

/** The MIME type of an interactive Plotly figure. */
export const PLOTLY = "application/vnd.plotly.v1+json";

/**
 * What Deno's kernel says of its language. It is stored as a whole, since JupyterLab takes a notebook that says
 * anything else for a changed one as soon as it is opened.
 */
export const LANGUAGE_INFO = {
  codemirror_mode: "typescript",
  file_extension: ".ts",
  mimetype: "text/x.typescript",
  name: "typescript",
  nbconvert_exporter: "script",
  pygments_lexer: "typescript",
  version: "6.0.3",
} as const;

/** The tag of a cell whose outputs differ from machine to machine, so that they are not compared. */
export const VARIES = "varies";

/** The largest notebook in bytes that is stored. */
const LARGEST = 1_000_000;

/**
 * Reads a notebook.
 *
 * @throws {InputError} When the file is no notebook in format 4.5.
 */
export async function readNotebook(file: string): Promise<Notebook> {
  const text = await Deno.readTextFile(file);
  let notebook: Notebook;
  try {
    notebook = JSON.parse(text);
  } catch {
    throw new InputError(`${file} is not JSON`);
  }
  if (notebook.nbformat !== 4 || notebook.nbformat_minor !== 5) {
    throw new InputError(`${file} is not a notebook in format 4.5`);
  }
  return notebook;
}

/**
 * Writes a notebook as Jupyter does, but each figure's specification in one line.
 *
 * @throws {InputError} When it would be larger than 1 MB.
 */
export async function writeNotebook(file: string, notebook: Notebook): Promise<void> {
  const text = notebookText(notebook);
  const size = new TextEncoder().encode(text).length;
  if (size > LARGEST) throw new InputError(`${file} would have ${size} bytes, more than ${LARGEST}`);
  await writeAtomically(file, text);
}

/** A text of a notebook, whole. */
export function textOf(text: string | string[] | undefined): string {
  return typeof text === "string" ? text : (text ?? []).join("");
}

/** The notebook as the text of its file. */
export function notebookText(notebook: Notebook): string {
  const specifications: string[] = [];
  const text = JSON.stringify(notebook, (name, value) => {
    if (name !== PLOTLY) return value;
    specifications.push(JSON.stringify(value));
    return `specification ${specifications.length - 1}`;
  }, 1);
  const placeholder = new RegExp(`("${PLOTLY.replace(/[.+]/g, "\\$&")}": )"specification (\\d+)"`, "g");
  return text.replace(placeholder, (_, name, index) => name + specifications[index]) + "\n";
}

/**
 * A run notebook without what a run leaves behind by chance: timings, the browser's own pictures, how the texts
 * of a stream were cut. What is left is the same after every run, where the cells' results are.
 */
export function cleanNotebook({ cells, metadata: { widgets } }: Notebook): Notebook {
  return {
    cells: cells.map(cleanCell),
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: LANGUAGE_INFO,
      ...(widgets === undefined ? {} : { widgets }),
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function cleanCell({ cell_type, id, metadata, source, outputs = [], execution_count = null }: Cell): Cell {
  const kept = metadata.tags === undefined ? {} : { tags: metadata.tags };
  const lines = linesOf(textOf(source));
  if (cell_type !== "code") return { cell_type, id, metadata: kept, source: lines };
  return {
    cell_type,
    execution_count,
    id,
    metadata: kept,
    outputs: joinStreams(outputs).map(cleanOutput),
    source: lines,
  };
}

function joinStreams(outputs: readonly Output[]): Output[] {
  const joined: Output[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      joined[joined.length - 1] = { ...last, text: textOf(last.text) + textOf(output.text) };
    } else {
      joined.push(output);
    }
  }
  return joined;
}

function cleanOutput(output: Output): Output {
  const { data, text } = output;
  if (text !== undefined) return { ...output, text: linesOf(textOf(text)) };
  if (data === undefined) return output;
  const kept = Object.entries(data)
    .filter(([type]) => !(PLOTLY in data && type === "image/png"))
    .map(([type, value]) => [type, isText(type) ? linesOf(textOf(value as string | string[])) : value]);
  return { ...output, data: Object.fromEntries(kept) };
}

function isText(type: string): boolean {
  return type.startsWith("text/") || type === "image/svg+xml";
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/**
 * Where a notebook says what must not be in git: a path of this machine. Each line names the cell, counted from 1.
 *
 * @param paths What must not occur, such as the project's folder and the user's home.
 */
export function findPaths(notebook: Notebook, paths: readonly string[]): string[] {
  return notebook.cells.flatMap((cell, index) => {
    const text = JSON.stringify(cell);
    return paths.filter((path) => text.includes(path)).map((path) =>
      `cell ${index + 1} names the path ${path}`
    );
  });
}

/**
 * Where the outputs of two runs of one notebook differ, apart from pictures and from cells that are tagged
 * `varies`. Each line names the cell, counted from 1.
 */
export function compareOutputs(stored: Notebook, fresh: Notebook): string[] {
  const differences: string[] = [];
  const cells = Math.max(stored.cells.length, fresh.cells.length);
  for (let index = 0; index < cells; index++) {
    const [before, after] = [stored.cells[index], fresh.cells[index]];
    if (before?.metadata.tags?.includes(VARIES)) continue;
    const [was, is] = [comparable(before), comparable(after)];
    if (was === is) continue;
    const place = [...was].findIndex((letter, at) => letter !== is[at]);
    const excerpt = (text: string) => JSON.stringify(text.slice(Math.max(0, place - 30), place + 50));
    differences.push(`cell ${index + 1} showed ${excerpt(was)} and shows ${excerpt(is)} now`);
  }
  return differences;
}

function comparable(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  const outputs = (cell.outputs ?? []).map(({ output_type, data, text, ename, evalue }) => {
    const shown = Object.entries(data ?? {}).map((
      [type, value],
    ) => [type, type.startsWith("image/") ? "" : value]);
    return { output_type, shown: shown.filter(([type]) => type !== "image/svg+xml"), text, ename, evalue };
  });
  return JSON.stringify({ source: cell.source, outputs });
}
