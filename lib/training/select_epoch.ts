import { InputError } from "../support/input_error.ts";
import { quoteJson } from "../support/printable.ts";
import { readJson } from "../support/read_json.ts";
import type { HistoryRow } from "./history.ts";
import { type RunFolder, writeRunFiles } from "./run_folder.ts";

/** Which epoch's weights a run stands for. */
export interface Selection {
  /** The chosen epoch, from 1. */
  epoch: number;
  /** The selection metric of that epoch on the validation set; null where no epoch has one. */
  selectionMetric: number | null;
  /** How the epoch was chosen, in words. */
  rule: string;
}

const RULE =
  "the highest selection metric on the validation set (the mean of the labels' AUCs, weighted by how sure " +
  "each is); the first such epoch";
const RULE_WITHOUT = "the lowest validation loss, since no label has both positives and negatives in the " +
  "validation set";

/**
 * Chooses an epoch by the selection metric on the validation set, or by the validation loss where no epoch has one.
 *
 * @throws {InputError} Where there is no epoch.
 */
export function selectEpoch(history: readonly HistoryRow[]): Selection {
  if (history.length === 0) throw new InputError("history.csv holds no epoch to choose from");
  let best = history[0]!;
  if (history.every(({ selectionMetric }) => selectionMetric === null)) {
    for (const row of history) if (row.validationLoss < best.validationLoss) best = row;
    return { epoch: best.epoch, selectionMetric: null, rule: RULE_WITHOUT };
  }
  for (const row of history) {
    if ((row.selectionMetric ?? -Infinity) > (best.selectionMetric ?? -Infinity)) best = row;
  }
  return { epoch: best.epoch, selectionMetric: best.selectionMetric, rule: RULE };
}

/** Writes a run's `selection.json`. */
export async function writeSelection(run: RunFolder, selection: Selection): Promise<void> {
  await writeRunFiles(run, { [run.selection]: JSON.stringify(selection, null, 2) + "\n" });
}

/**
 * Reads a `selection.json`.
 *
 * @throws {InputError} Where it is missing, is no JSON or names no epoch.
 */
export async function readSelection(file: string): Promise<Selection> {
  const selection = await readJson(file, {
    missing: `${file} is missing: the run has not chosen an epoch (train it to its end with --resume)`,
  }) as Partial<Selection> & { choiceMetric?: number | null } | null;
  if (!Number.isInteger(selection?.epoch) || selection!.epoch! < 1) {
    throw new InputError(`${file}: epoch ${quoteJson(selection?.epoch)} is not a whole number from 1`);
  }
  // What the metric was called before.
  const { choiceMetric = null, selectionMetric = choiceMetric, ...others } = selection!;
  return { ...others, selectionMetric } as Selection;
}
