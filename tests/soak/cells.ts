import { join } from "node:path";
import { PROJECT } from "../../lib/support/project.ts";
import { startClient } from "../notebook/kernel/_client.ts";

/** A kernel that is given many cells. */
export interface CellsOptions {
  /** How many cells, each with help asked beside it. */
  cells: number;
  /** Over how many minutes they are spread. */
  minutes: number;
  /** Is told of every round of cells. */
  report: (round: Round) => void;
}

/** What was measured of a tenth of the cells. */
export interface Round {
  /** How many cells had run by then. */
  cells: number;
  /** Resident memory of relay, kernel and language server together, in MB. */
  megabytes: number;
  /** The median of what a cell, and help, took to answer, in milliseconds. */
  milliseconds: { cell: number; help: number };
}

/** The cells that are run again and again: what they hold, and how they are to end. */
const CELLS: readonly { code: string; ends: "ok" | string }[] = [
  { code: 'import { readMetadata } from "../lib/dataset/metadata.ts";', ends: "ok" },
  { code: 'const entries = await readMetadata("../tests/fixtures/notebooks/metadata.csv");', ends: "ok" },
  { code: "entries", ends: "ok" },
  { code: "const broken = {", ends: "SyntaxError" },
  { code: "entries[0].labls", ends: "ok" },
  { code: 'throw new Error("on purpose")', ends: "Error" },
  { code: 'import { tf } from "../lib/tensorflow/mod.ts";', ends: "ok" },
  {
    code: "const sum = tf.tidy(() => tf.ones([256, 256]).matMul(tf.ones([256, 256])).sum().arraySync()); sum",
    ends: "ok",
  },
  { code: 'setTimeout(() => { throw new Error("late"); }, 20)', ends: "ok" },
  { code: 'Promise.reject(new Error("nobody waits")); 1', ends: "ok" },
  { code: "%time f()", ends: "SyntaxError" },
  { code: "const numbers = Array.from({ length: 100_000 }, (_, i) => i); numbers.length", ends: "ok" },
  { code: 'console.log("printed", entries)', ends: "ok" },
  { code: "await new Promise((resolve) => setTimeout(resolve, 50))", ends: "ok" },
  { code: "await new Promise(() => {})", ends: "Interrupted" },
  { code: "while (true) {}", ends: "Interrupted" },
];

/**
 * Runs cells in one kernel, right ones and wrong ones, with completions and tooltips between them, and says what went
 * otherwise than it should and whether memory has grown from the second tenth to the last by more than a fifth.
 */
export async function runCells({ cells, minutes, report }: CellsOptions): Promise<string[]> {
  await using client = await startClient();
  const problems: string[] = [];
  const rounds: Round[] = [];
  const pace = (60_000 * minutes) / cells;
  const begin = performance.now();
  let took: { cell: number[]; help: number[] } = { cell: [], help: [] };
  for (let i = 0; i < cells; i++) {
    const { code, ends } = CELLS[i % CELLS.length]!;
    const [{ reply, alive }, cell] = await timed(() =>
      client.execute(code, {
        cell: `cell-${i % CELLS.length}`,
        ...(ends === "Interrupted" ? { interrupt: 0.3 } : {}),
      })
    );
    const ended = reply.status === "ok" ? "ok" : reply.ename;
    if (ended !== ends) problems.push(`cell ${i + 1}, ${code}: ended with ${ended} instead of ${ends}`);
    if (!alive) return [...problems, `the kernel was dead after cell ${i + 1}`];
    if (ends !== "Interrupted") took.cell.push(cell);
    const [{ matches }, help] = await timed(() => client.complete("entries[0].pat"));
    if (i > CELLS.length && matches[0] !== "patient") {
      problems.push(`cell ${i + 1}: entries[0].pat gave ${matches}`);
    }
    took.help.push(help);
    if ((i + 1) % Math.ceil(cells / 10) === 0 || i + 1 === cells) {
      const milliseconds = { cell: median(took.cell), help: median(took.help) };
      rounds.push({ cells: i + 1, megabytes: await memoryBelow(client.pid), milliseconds });
      report(rounds.at(-1)!);
      took = { cell: [], help: [] };
    }
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, begin + (i + 1) * pace - performance.now()))
    );
  }
  const [early, last] = [rounds[1] ?? rounds[0]!, rounds.at(-1)!];
  if (last.megabytes > 1.2 * early.megabytes) {
    problems.push(
      `memory grew from ${early.megabytes} MB after ${early.cells} cells to ${last.megabytes} MB`,
    );
  }
  return problems;
}

async function timed<T>(run: () => Promise<T>): Promise<[T, number]> {
  const begin = performance.now();
  return [await run(), performance.now() - begin];
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0);
}

/** The resident memory of all processes that descend from one, in MB. */
async function memoryBelow(pid: number): Promise<number> {
  const program = "import psutil, sys\n" +
    "below = psutil.Process(int(sys.argv[1])).children(recursive=True)\n" +
    "print(sum(process.memory_info().rss for process in below))";
  const python = join(PROJECT, ".venv", "bin", "python");
  const { stdout } = await new Deno.Command(python, { args: ["-c", program, `${pid}`] }).output();
  return Math.round(Number(new TextDecoder().decode(stdout)) / 2 ** 20);
}
