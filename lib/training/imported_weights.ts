import * as z from "zod";
import { type Preparation, PREPARATIONS } from "../dataset/preparation.ts";
import { InputError } from "../support/input_error.ts";
import { IMPORT_KINDS, type ImportKind } from "./import_kinds.ts";
import type { RunFolder } from "./run_folder.ts";
import type { Selection } from "./select_epoch.ts";

const SCHEMA = z.strictObject({
  from: z.enum(IMPORT_KINDS),
  file: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  source: z.string().min(1),
  licence: z.string().min(1).nullable(),
  preparation: z.enum(PREPARATIONS),
  thresholds: z.array(z.number().gt(0).lt(1).nullable()).nullable(),
});

/** What `config.json` says of a run that was not trained here but made out of published weights. */
export interface ImportedWeights {
  /** What wrote the file that they are from. */
  from: ImportKind;
  /** That file's name. */
  file: string;
  /** Its SHA-256. */
  sha256: string;
  /** Whose they are and where they were published. */
  source: string;
  /** Under which licence; null where that was not said. */
  licence: string | null;
  /** How images are made squares for them. */
  preparation: Preparation;
  /**
   * The score in (0, 1) from which on each finding is called present, in the order of the findings; null for those
   * without one, and where there are none at all.
   */
  thresholds: (number | null)[] | null;
}

/** What stands for the chosen epoch of imported weights: no epoch of Thorax. */
export const IMPORTED_SELECTION: Selection = {
  epoch: 0,
  selectionMetric: null,
  rule: "whoever trained them",
};

/**
 * Checks what a `config.json` says of imported weights.
 *
 * @throws {InputError} Where that is not what an import writes.
 */
export function checkImported(
  given: unknown,
  { file, findings }: { file: string; findings: readonly string[] },
): ImportedWeights {
  const { data, error } = SCHEMA.safeParse(given);
  if (error) {
    const { path, message } = error.issues[0]!;
    throw new InputError(`${file}: imported.${path.join(".")}: ${message}`);
  }
  if (data.thresholds !== null && data.thresholds.length !== findings.length) {
    throw new InputError(
      `${file}: imported.thresholds: ${data.thresholds.length} of them for ${findings.length} findings`,
    );
  }
  return data;
}

/**
 * Makes sure that a run that training is to go on with was trained here.
 *
 * @throws {InputError} Where its weights were imported.
 */
export function refuseImported(
  { dir, checkpoint }: Pick<RunFolder, "dir" | "checkpoint">,
  { imported }: { imported?: ImportedWeights },
): void {
  if (imported === undefined) return;
  const file = checkpoint(0);
  throw new InputError(
    `${dir}: its weights were imported, so there is no training to go on with: train --weights ${file} starts one from them`,
  );
}
