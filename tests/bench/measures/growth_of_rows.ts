import type { Measure } from "../measure.ts";
import { madeFolder, startOurs, startPython } from "../peers.ts";
import { compare, growthExponent, type Result } from "../result.ts";

const ROWS = [10_000, 100_000, 1_000_000];

/** Rows of predictions for each row of metadata. */
const PREDICTIONS = 10;

/** Processor seconds, those of the clock where they were taken, and the most memory in MB. */
interface Cost {
  seconds: number;
  wall?: number;
  memory: number;
}

/** What is done with ever more rows, and by whom it is compared. */
interface Work {
  task: string;
  side: string;
  command: string;
  before?: string;
  peer?: (cost: Cost & { resampled?: number }) => { name: string; seconds: number }[];
}

const WORK: readonly Work[] = [
  {
    task: "split",
    side: "ours_many_rows",
    command: "split",
    peer: ({ seconds }) => [{ name: "GroupShuffleSplit", seconds }],
  },
  {
    task: "metrics",
    side: "ours_many_rows",
    command: "metrics",
    peer: ({ seconds, resampled }) => [
      { name: "no intervals", seconds },
      { name: "2,000 resamples of AUCs, from one", seconds: resampled! },
    ],
  },
  { task: "predictions", side: "ours_many_rows", command: "predictions" },
  { task: "opening a cache", side: "ours_sparse_cache", command: "open", before: "make" },
];

/**
 * Tables of more and more images: a split by patient, metrics with their report, ten times as many rows of predictions, and
 * an image cache. Time is that of the processor, which other work on the machine lengthens least.
 */
export async function growthOfRows(note: (text: string) => void): Promise<Result[]> {
  const results: Result[] = [];
  const costs = new Map<string, Cost[]>();
  for (const rows of ROWS) {
    const dir = madeFolder(`generated-${rows}`);
    {
      await using side = startOurs("ours_many_rows");
      await side.ask({ do: "generate", dir, images: rows });
    }
    for (const { task, side: name, command, before, peer } of WORK) {
      const given = { dir, images: rows, rows: PREDICTIONS * rows };
      if (before !== undefined) {
        await using side = startOurs(name);
        await side.ask({ do: before, ...given });
      }
      await using side = startOurs(name);
      const own = await side.ask<Cost>({ do: command, ...given });
      costs.set(task, [...costs.get(task) ?? [], own]);
      note(`${task} of ${rows}: ${JSON.stringify(own)}`);
      const what = `growth of rows: ${task} of ${task === "predictions" ? PREDICTIONS * rows : rows}`;
      const [fewest] = costs.get(task)!;
      const peers = peer ? await peersOf(command, dir, peer) : [{ name: `ours with ${ROWS[0]}`, ...fewest! }];
      for (const { name, seconds, memory } of peers) {
        results.push(
          compare(what, { unit: "s", ours: own.seconds, peer: name, peerValue: seconds }),
          compare(`${what}, memory`, { unit: "MB", ours: own.memory, peer: name, peerValue: memory }),
        );
      }
    }
    await Deno.remove(dir, { recursive: true });
  }
  for (const [task, ofTask] of costs) {
    const exponent = (of: "seconds" | "memory") =>
      growthExponent(ROWS, ofTask.map((cost) => cost[of])).toFixed(2);
    note(`${task}: time grows as rows^${exponent("seconds")}, memory as rows^${exponent("memory")}`);
  }
  return results;
}

async function peersOf(command: string, dir: string, named: NonNullable<Work["peer"]>) {
  await using side = startPython("pandas_rows");
  const cost = await side.ask<Cost & { resampled?: number }>({ do: command, dir });
  const version = await side.ask<string>({ do: "version" });
  return named(cost).map(({ name, seconds }) => ({
    name: `${version}: ${name}`,
    seconds,
    memory: cost.memory,
  }));
}

/** The growth with rows alone, without networks. */
export const GROWTH_OF_ROWS: Measure = {
  name: "growth-of-rows",
  description: "of these, the growth with rows alone: split, metrics, predictions, opening a cache",
  run: ({ note }) => growthOfRows(note),
};
