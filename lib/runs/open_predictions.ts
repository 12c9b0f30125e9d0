import { stat } from "node:fs/promises";
import { samplingWeights } from "../dataset/sampling_weights.ts";
import { InputError } from "../support/input_error.ts";
import { readPredictions } from "../evaluation/predictions_csv.ts";
import type { RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";
import type { RunPredictions } from "./finished_run.ts";
import { scoreRun } from "./score_run.ts";

/**
 * Reads a trained run's predictions with the weights of its selected checkpoint. Where they are missing, or older than
 * the last epoch, both sets are scored first.
 *
 * @throws {InputError} Where a file is damaged or holds other images than the run's split.
 */
export async function openPredictions(run: Run, context: RunContext = {}): Promise<RunPredictions> {
  const { folder, settings, data: { split }, history } = run;
  const written = await Promise.all([
    folder.predictions("validation"),
    folder.predictions("test"),
    folder.checkpoint(history.length),
  ].map(timeOf));
  const [validationTime, testTime, checkpointTime] = written as [number, number, number];
  if (Math.min(validationTime, testTime) < checkpointTime) return await scoreRun(run, context);
  const read = async (subset: "validation" | "test") => {
    const file = folder.predictions(subset);
    const predictions = await readPredictions(file);
    const images = split[subset].map(({ image }) => image);
    if (String(predictions.images) !== String(images)) {
      throw new InputError(`${file}: other images than the ${subset} set of ${folder.split}`);
    }
    const weights = predictions.weights ?? samplingWeights(split[subset], settings);
    return weights ? { ...predictions, weights } : predictions;
  };
  return { validation: await read("validation"), test: await read("test") };
}

/** When a file was last written, in milliseconds since 1970; before that where it is missing. */
async function timeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return -1;
    throw error;
  }
}
