import assert from "node:assert/strict";
import { basename, relative } from "node:path";
import {
  cleanNotebook,
  compareOutputs,
  type Notebook,
  PLOTLY,
  readNotebook,
} from "../../lib/notebook/notebook_file.ts";
import { PROJECT } from "../../lib/support/project.ts";
import type { JupyterLab, OpenNotebook } from "./_jupyterlab.ts";

/** What is done with a notebook while it runs, and when it has run. */
export interface Watching {
  /** Is done as soon as all its cells have been asked for. */
  during?: (notebook: OpenNotebook) => Promise<void>;
  /** Is done in the end. */
  afterwards?: (notebook: OpenNotebook) => Promise<void>;
}

/** Runs a notebook in JupyterLab to its end: every figure is drawn, and nothing fails. */
export async function runInJupyterLab(
  lab: JupyterLab,
  file: string,
  { during, afterwards }: Watching = {},
): Promise<void> {
  await using notebook = await lab.open(relative(PROJECT, file));
  await notebook.runAll();
  await during?.(notebook);
  await notebook.finished(600);
  await notebook.screenshots(basename(file, ".ipynb"));
  assert.deepEqual(await notebook.errors(), []);
  // A cell that is out of sight may be drawn with its number a moment later; what is in a wrong cell stays there.
  assert.deepEqual(await eventually(notebook.strays, (strays) => strays.length === 0), []);
  const marks = await eventually(notebook.marks, (marks) => marks.every((count) => count > 0));
  assert.ok(marks.length >= await figuresIn(file), `${marks.length} figures`);
  assert.ok(marks.every((count) => count > 0), `marks by figure: ${marks}`);
  await afterwards?.(notebook);
}

/** Checks that what a notebook shows is what is stored. */
export async function showsWhatIsStored(notebook: OpenNotebook, file: string): Promise<void> {
  const stored = sorted(await readNotebook(file));
  const fresh = sorted(cleanNotebook(await notebook.read()));
  assert.deepEqual(compareOutputs(stored, fresh), []);
}

/** A notebook whose objects have their keys in order, as they are stored. */
function sorted(notebook: Notebook): Notebook {
  return JSON.parse(JSON.stringify(notebook, (_, value) => {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)) : value;
  }));
}

/** Asks again for half a minute at most, until the answer is as it should be; gives the last one. */
export async function eventually<T>(ask: () => Promise<T>, isFine: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000;
  while (true) {
    const answer = await ask();
    if (isFine(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function figuresIn(file: string): Promise<number> {
  const { cells } = await readNotebook(file);
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  return outputs.filter(({ data }) => data !== undefined && PLOTLY in data).length;
}
