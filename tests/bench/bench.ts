import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { InputError } from "../../lib/support/input_error.ts";
import { tableText } from "../../lib/report/table.ts";
import { checkWritable, writeOutput } from "../../lib/support/outputs.ts";
import { defineTask, overwriteOption, pathOption, runTask } from "../../lib/tasks/_command.ts";
import { formatSeconds } from "../../lib/support/progress.ts";
import { chartHtml, chartSvg } from "./chart.ts";
import { hasAvx512 } from "./instructions.ts";
import { inspectMachine, type Machine } from "./machine.ts";
import type { Bench, Measure } from "./measure.ts";
import { MEASURES } from "./measures.ts";
import { GROWTH } from "./measures/growth.ts";
import { GROWTH_OF_ROWS } from "./measures/growth_of_rows.ts";
import { LAYERS } from "./measures/layers.ts";
import { WORKER_STEPS } from "./measures/workers.ts";
import type { Result } from "./result.ts";
import { tableMarkdown, tableOf } from "./results_table.ts";
import { PEERS, PYTORCH } from "./set_up_peers.ts";
import { NIH_METADATA } from "../../lib/tasks/setup/nih_metadata.ts";
import { setUp } from "../../lib/support/setup/set_up.ts";
import { TENSORFLOW } from "../../lib/tensorflow/library_component.ts";
import { PROJECT } from "../../lib/support/project.ts";

interface BenchFlags {
  only?: Measure[];
  growth?: true;
  workers?: true;
  torch?: true;
  quick?: true;
  images?: string;
  json?: string;
  markdown?: string;
  chart?: string;
  overwrite?: boolean;
}

/** What is measured only when it is asked for. */
const APART = [GROWTH, GROWTH_OF_ROWS, LAYERS, WORKER_STEPS];

/** Real X-rays that some checkouts have beside them. */
const REAL_IMAGES = join(PROJECT, "..", "shared", "nih-png");

const bench = defineTask("bench", {
  description:
    "Measures this project beside its peers, on the same file of TensorFlow's library: each implementation runs in a process " +
    "of its own; after a warm-up they are interleaved, and their medians are compared. A ratio above 1 means that Thorax is ahead.\n" +
    "Where the processor has AVX-512, training and inference are measured once more with it switched off. " +
    "The first time it installs the peers into .bench (0.9 GB to download, 2.5 GB on the disk). All measures take " +
    "an hour and a half on two cores, with --quick a quarter of an hour.\n\nMeasures:\n" +
    [...MEASURES, ...APART].map(({ name, description }) => `  ${name.padEnd(19)} ${description}`).join("\n"),
  examples: [
    [
      "deno task bench --json bench.json --chart bench.html",
      "all measures but growth, as a table, JSON and a page",
    ],
    ["deno task bench --only training-64,inference-64 --quick", "two measures, roughly"],
    [
      "deno task bench --torch --markdown bench.md --json bench.json",
      "what the README shows, for a quiet machine",
    ],
    ["deno task bench --growth", "also how time and memory grow with pixels, batch, depth and images"],
  ],
})
  .addOption(
    new Option("--only <measures>", "these measures only, separated by commas").argParser(measuresOf),
  )
  .option("--growth", "measure growth too")
  .option("--workers", "measure workers too, beside MultiWorkerMirroredStrategy")
  .option("--torch", "measure PyTorch too (on Linux 2.5 GB to download, 5 GB on the disk)")
  .option("--quick", "fewer and shorter turns")
  .addOption(pathOption("--images <dir>", {
    description: "a folder of PNGs of 1024x1024 to decode (default: phantoms)",
    exists: "folder",
  }))
  .addOption(pathOption("--json <file>", { description: "where to write the results as JSON" }))
  .addOption(
    pathOption("--markdown <file>", { description: "where to write the table as the README has it" }),
  )
  .addOption(
    pathOption("--chart <file>", {
      description: "where to draw the results: a page (.html) or a picture (.svg)",
    }),
  )
  .addOption(overwriteOption())
  .action(async (flags: BenchFlags) => {
    const { chart, markdown, json, overwrite = false } = flags;
    if (chart !== undefined && !/\.(html|svg)$/.test(chart)) {
      throw new InputError(`--chart ${chart}: has to end in .html or .svg`);
    }
    for (const file of [json, markdown, chart]) {
      if (file !== undefined) await checkWritable(file, { overwrite });
    }
    await setUp([TENSORFLOW, NIH_METADATA, PEERS, ...(flags.torch ? [PYTORCH] : [])]);
    const machine = await inspectMachine();
    console.log(machine.description);
    const results = await runMeasures(flags.only ?? measuresFor(machine, flags), flags);
    const table = tableOf(results);
    console.log(`\n${tableText(table)}`);
    if (markdown !== undefined) {
      await writeOutput(markdown, `${machine.description}\n\n${tableMarkdown(table)}`, { overwrite });
    }
    if (chart === undefined) return;
    const drawn = chart.endsWith(".svg")
      ? chartSvg(results)
      : chartHtml(results, { machine: machine.description, table });
    await writeOutput(chart, await drawn, { overwrite });
  });

/** All measures but growth and workers, unless those are asked for, and those without AVX-512 where the processor has it. */
function measuresFor({ instructionSets }: Machine, { growth, workers }: BenchFlags): Measure[] {
  const measures = [...MEASURES, ...(growth ? [GROWTH] : []), ...(workers ? [WORKER_STEPS] : [])];
  return measures.filter(({ instructions = "all" }) => instructions === "all" || hasAvx512(instructionSets));
}

function measuresOf(text: string): Measure[] {
  return text.split(",").map((name) => {
    const measure = [...MEASURES, ...APART].find((measure) => measure.name === name);
    if (measure) return measure;
    throw new InvalidArgumentError(`There is no measure ${name}.`);
  });
}

async function runMeasures(measures: readonly Measure[], flags: BenchFlags): Promise<Result[]> {
  const { quick, torch, images, json, overwrite = false } = flags;
  const options: Bench = {
    // A minute for each implementation, so that caches, clocks and other processes are those of long work.
    rounds: quick ? 2 : 6,
    seconds: quick ? 1 : 10,
    torch: torch ?? false,
    images: images ?? (existsSync(REAL_IMAGES) ? REAL_IMAGES : null),
    note: (text) => console.error(text),
  };
  const results: Result[] = [];
  for (const { name, run } of measures) {
    const start = performance.now();
    const found = await run(options);
    console.error(
      `${name}: ${formatSeconds((performance.now() - start) / 1000)}\n${tableText(tableOf(found))}\n`,
    );
    results.push(...found);
    if (json !== undefined) await writeOutput(json, JSON.stringify(results, null, 2) + "\n", { overwrite });
  }
  return results;
}

if (import.meta.main) await runTask(bench);
