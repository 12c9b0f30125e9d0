import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../support/input_error.ts";
import { JUPYTER_VARIABLES } from "./_jupyter.ts";
import { type Notebook, readNotebook } from "../notebook/notebook_file.ts";
import { SCRATCH } from "../support/project.ts";

/** How a notebook is run. */
export interface RunNotebookOptions {
  /** The Python environment with Jupyter in it, made ready by `prepareJupyter`. */
  venv: string;
  /** How many of its cells are run and kept, from the first on; prose counts too. Default: all. */
  cells?: number;
  /** Is told after every code cell how many have run. */
  progress?: (done: number) => void;
}

/** What `_run_notebook.py` says. */
type Event = { done: number } | { failed: number; error: string };

/**
 * Runs a notebook in a fresh Deno kernel, which works in the notebook's folder, and gives it back with its outputs,
 * not yet cleaned; the file is left alone.
 *
 * @throws {InputError} When a cell fails; it is named, counted from 1.
 */
export async function runNotebook(file: string, options: RunNotebookOptions): Promise<Notebook> {
  const { venv, cells, progress } = options;
  await Deno.mkdir(SCRATCH, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: SCRATCH, prefix: "run-" });
  try {
    const target = join(folder, basename(file));
    const script = join(import.meta.dirname!, "_run_notebook.py");
    const python = new Deno.Command(join(venv, "bin", "python"), {
      args: [script, file, target, dirname(resolve(file)), ...(cells === undefined ? [] : [`${cells}`])],
      env: { ...JUPYTER_VARIABLES, JUPYTER_RUNTIME_DIR: folder },
      stdout: "piped",
    }).spawn();
    let failure: string | undefined;
    for await (const event of eventsOf(python.stdout)) {
      if ("failed" in event) failure = `${file}, cell ${event.failed + 1}: ${event.error}`;
      else progress?.(event.done);
    }
    const { success, code } = await python.status;
    if (failure !== undefined) throw new InputError(failure);
    if (!success) throw new Error(`${file} could not be run: Python ended with status ${code}`);
    return await readNotebook(target);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Event> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of stream) {
    const lines = (text + decoder.decode(part, { stream: true })).split("\n");
    text = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as Event;
  }
}
