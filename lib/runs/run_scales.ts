import { existsSync } from "node:fs";
import { type FindingScale, findingScales, unvalidatedScales } from "../evaluation/finding_scale.ts";
import type { OperatingRule } from "../evaluation/operating_points.ts";
import { readPredictions } from "../evaluation/predictions_csv.ts";
import { InputError } from "../support/input_error.ts";
import type { LoadedRun } from "./load_run.ts";

/**
 * How each finding's scores are to be taken, by a run's validation set, or by what came with imported weights; null where the run
 * has no validation predictions.
 *
 * @throws {InputError} Where they are of other findings, or damaged.
 */
export async function readScales(
  { run, findings, imported }: Pick<LoadedRun, "run" | "findings" | "imported">,
  rule: OperatingRule,
): Promise<FindingScale[] | null> {
  if (imported) return unvalidatedScales(findings, imported.thresholds);
  const file = run.predictions("validation");
  if (!existsSync(file)) return null;
  const validation = await readPredictions(file);
  if (String(validation.labels) !== String(findings)) {
    throw new InputError(`${file}: its findings ${validation.labels} are not the run's, ${findings}`);
  }
  return findingScales(validation, rule);
}
