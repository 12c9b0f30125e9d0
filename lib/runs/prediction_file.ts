import { extname } from "node:path";
import { csvText } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { openOutput, type OutputOptions } from "../support/outputs.ts";
import type { Draft } from "../support/write_atomically.ts";
import { type PredictionRow, rowCells, rowHeader, rowOf } from "./prediction_row.ts";
import type { FailedImage, PredictedImage, Predictor } from "./predictor.ts";

/** A file of predictions that is being written. */
export interface PredictionFile extends AsyncDisposable {
  /** Writes an image's row. */
  add(image: PredictedImage): Promise<void>;
  /** Notes a file that could not be read; only JSON has a place for it. */
  fail(image: FailedImage): void;
  /** Puts the file into its place. Disposing of it without that leaves what was there before. */
  commit(): Promise<void>;
}

/** The extensions of files of predictions. */
export const PREDICTION_FORMATS = [".csv", ".json", ".jsonl"] as const;

/**
 * Whether predictions can be written under a name.
 *
 * @throws {InputError} Where its extension is none of {@linkcode PREDICTION_FORMATS}.
 */
export function checkPredictionFile(file: string): void {
  if (PREDICTION_FORMATS.some((extension) => extension === extname(file).toLowerCase())) return;
  throw new InputError(`${file}: its name has to end in ${PREDICTION_FORMATS.join(", ")}`);
}

/**
 * Begins a file of predictions, a row an image as they come: CSV with six columns a finding, JSON lines, or one JSON
 * object that also has the run, its warnings and the files that could not be read.
 *
 * @throws {InputError} For another extension, and where another file is there that is not to be overwritten.
 */
export async function openPredictionFile(
  file: string,
  predictor: Predictor,
  options: OutputOptions = {},
): Promise<PredictionFile> {
  checkPredictionFile(file);
  const draft = await openOutput(file, options);
  const { add, fail, end } = FORMATS[extname(file).toLowerCase() as typeof PREDICTION_FORMATS[number]](
    draft,
    predictor,
  );
  return {
    add: async (image) => await add(await rowOf({ ...image, name: image.file.name })),
    fail,
    async commit() {
      await end();
      await draft.commit();
    },
    [Symbol.asyncDispose]: () => draft[Symbol.asyncDispose](),
  };
}

/** How a format is written. */
interface Format {
  add(row: PredictionRow): Promise<void>;
  fail(image: FailedImage): void;
  end(): Promise<void>;
}

const FORMATS: Record<typeof PREDICTION_FORMATS[number], (draft: Draft, predictor: Predictor) => Format> = {
  ".csv": csv,
  ".json": json,
  ".jsonl": (draft) => ({
    add: (row) => draft.write(JSON.stringify(row) + "\n"),
    fail() {},
    async end() {},
  }),
};

function csv(draft: Draft, { loaded: { findings } }: Predictor): Format {
  let isBegun = false;
  const begin = async () => {
    if (!isBegun) await draft.write(csvText([rowHeader(findings)]));
    isBegun = true;
  };
  return {
    async add(row) {
      await begin();
      await draft.write(csvText([rowCells(row, findings)]));
    },
    fail() {},
    end: begin,
  };
}

function json(draft: Draft, { loaded: { run }, scales, warnings }: Predictor): Format {
  const head = {
    run: run.dir,
    warnings,
    findings: scales.map(({ finding, positives, negatives, reason }) => ({
      finding,
      validationPositives: positives,
      validationNegatives: negatives,
      ...(reason === null ? {} : { noProbability: reason }),
    })),
  };
  const failed: { file: string; error: string }[] = [];
  let separator = `${JSON.stringify(head, null, 1).slice(0, -2)},\n "images": [\n`;
  const next = () => {
    const text = separator;
    separator = ",\n";
    return text;
  };
  return {
    add: (row) => draft.write(next() + JSON.stringify(row)),
    fail: ({ file, error }) => void failed.push({ file: file.name, error: error.message }),
    end: () =>
      draft.write(`${separator === ",\n" ? "" : next()}\n ],\n "failed": ${JSON.stringify(failed)}\n}\n`),
  };
}
