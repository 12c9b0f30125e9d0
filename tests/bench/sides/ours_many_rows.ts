/** Our side of how cost grows with the rows of tables: a split by patient, metrics with their report, predictions. */
import process from "node:process";
import { PLAIN_SOURCE } from "../../../lib/dataset/data_set.ts";
import { makeSplit } from "../../../lib/dataset/make_split.ts";
import { openDataSet } from "../../../lib/dataset/open_data_set.ts";
import { splitCsvPieces } from "../../../lib/dataset/split_file.ts";
import { readAnyPredictions } from "../../../lib/evaluation/external_predictions.ts";
import { evaluateInThreads } from "../../../lib/evaluation/evaluate_in_threads.ts";
import { predictionsCsvPieces, readPredictionsPieces } from "../../../lib/evaluation/predictions_csv.ts";
import { reportHtml } from "../../../lib/report/report.ts";
import { predictionsReport } from "../../../lib/report/run_report.ts";
import { writeGeneratedMetadata } from "../generated_metadata.ts";
import { answerCommands, type Command, peakMemory } from "./_commands.ts";

/** Seconds of the processor and of the clock, and the most memory in MB that the process had until then. */
interface Cost {
  seconds: number;
  wall: number;
  memory: number;
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (user + system) / 1e6, wall: (performance.now() - start) / 1000, memory: peakMemory() };
}

const open = (dir: unknown) => openDataSet({ ...PLAIN_SOURCE, data: dir as string });

const split = ({ dir }: Command): Promise<Cost> =>
  costOf(async () => {
    const split = await makeSplit(await open(dir), { kind: "patient", seed: 0 });
    using file = await Deno.create(`${dir}/split.csv`);
    for (const piece of splitCsvPieces(split)) await file.write(new TextEncoder().encode(piece));
  });

const metrics = ({ dir }: Command): Promise<Cost> =>
  costOf(async () => {
    const { entries: all, findings } = await open(dir);
    const { predictions, entries, notes } = await readAnyPredictions(`${dir}/scores.csv`, {
      entries: all,
      findings,
    });
    const metrics = await evaluateInThreads(predictions, { entries });
    await reportHtml(predictionsReport({ name: "scores.csv", metrics, predictions, split: null, notes }));
    for (const _ of predictionsCsvPieces(predictions));
  });

/** Writes predictions of two labels to a file, some thousand at a time, and reads them again. */
const predictions = ({ dir, rows }: Command): Promise<Cost> =>
  costOf(async () => {
    const path = `${dir}/predictions.csv`;
    const step = 10_000;
    using file = await Deno.create(path);
    for (let from = 0; from < (rows as number); from += step) {
      const images = Array.from({ length: step }, (_, i) => `${from + i}.png`);
      const part = {
        labels: ["Mass", "Nodule"],
        images,
        patients: images,
        truth: Uint8Array.from({ length: 2 * step }, (_, i) => i % 2),
        scores: Float64Array.from({ length: 2 * step }, (_, i) => Math.abs(Math.sin(from + i))),
      };
      for (const piece of predictionsCsvPieces(part, { header: from === 0 })) {
        const bytes = new TextEncoder().encode(piece);
        for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
      }
    }
    let read = 0;
    for await (const { images } of readPredictionsPieces(path)) read += images.length;
    if (read !== rows) throw new Error(`${read} of ${rows} rows were read`);
    await Deno.remove(path);
  });

await answerCommands({
  generate: ({ dir, images }) => writeGeneratedMetadata(dir as string, images as number),
  split,
  metrics,
  predictions,
});
