import { stat } from "node:fs/promises";
import { InputError } from "../support/input_error.ts";
import { type Predictions, readPredictions } from "../evaluation/predictions.ts";
import type { OpenedRun } from "./open_run.ts";
import { testRun } from "./score_run.ts";

/** A run's predictions for the parts that it was not trained on. */
export interface OpenedPredictions {
  validation: Predictions;
  test: Predictions;
}

/** Whom the making of predictions tells. */
export interface OpenPredictionsOptions {
  /** Called after each batch that is scored. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Reads a run's predictions with the weights of its chosen epoch. Where they are missing, or older than the last epoch,
 * both parts are scored first.
 *
 * @throws {InputError} Where a file is damaged or holds other images than the run's split.
 */
export async function openPredictions(
  { run, settings, data, history, model }: OpenedRun,
  { onProgress }: OpenPredictionsOptions = {},
): Promise<OpenedPredictions> {
  const written = await Promise.all([
    run.predictions("validation"),
    run.predictions("test"),
    run.checkpoint(history.length),
  ].map(timeOf));
  const [validationTime, testTime, checkpointTime] = written as [number, number, number];
  if (Math.min(validationTime, testTime) < checkpointTime) {
    const { test, options } = await testRun(settings, {
      model,
      data,
      run,
      ...(onProgress ? { onProgress } : {}),
    });
    return { validation: options.validation, test };
  }
  const read = async (part: "validation" | "test") => {
    const file = run.predictions(part);
    const predictions = await readPredictions(file);
    const images = data.split[part].map(({ image }) => image);
    if (String(predictions.images) !== String(images)) {
      throw new InputError(`${file}: other images than the ${part} part of ${run.split}`);
    }
    return predictions;
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
