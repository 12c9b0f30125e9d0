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
  /** The epochs whose weights the run's are the mean of; those of the chosen epoch alone unless given. */
  averaged?: number[];
  /** Where batch normalisation's running statistics are from: computed anew for these weights, or the checkpoint's unless given. */
  statistics?: "recomputed";
}

/** Which epoch is chosen: that of the highest selection metric, or the last. */
export type SelectionRule = "best" | "last";

/** How {@linkcode selectEpoch} chooses. */
export interface SelectEpochOptions {
  /** Default: `best`. */
  selection?: SelectionRule;
  /** Over how many epochs' weights, up to the chosen one, the mean is taken. Default: 1. */
  averagedEpochs?: number;
}

const RULE =
  "the highest selection metric on the validation set (the mean of the labels' AUCs, weighted by how sure " +
  "each is); the first such epoch";
const RULE_LAST = "its place: it is the last";
const RULE_WITHOUT = "the lowest validation loss, since no label has both positives and negatives in the " +
  "validation set";

/**
 * Chooses an epoch by the selection metric on the validation set, or by the validation loss where no epoch has one; or
 * the last one. The weights may be the mean of those of several epochs up to it (stochastic weight averaging: Izmailov et
 * al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018).
 *
 * @throws {InputError} Where there is no epoch.
 */
export function selectEpoch(
  history: readonly HistoryRow[],
  { selection = "best", averagedEpochs = 1 }: SelectEpochOptions = {},
): Selection {
  if (history.length === 0) throw new InputError("history.csv holds no epoch to choose from");
  const last = history.at(-1)!;
  const chosen = selection === "best"
    ? bestOf(history)
    : { epoch: last.epoch, selectionMetric: last.selectionMetric, rule: RULE_LAST };
  const first = Math.max(1, chosen.epoch - averagedEpochs + 1);
  if (first === chosen.epoch) {
    const alone = averagedEpochs === 1 ? "" : "; there is no epoch before it whose weights to average";
    return { ...chosen, rule: chosen.rule + alone };
  }
  const averaged = Array.from({ length: chosen.epoch - first + 1 }, (_, i) => first + i);
  return {
    ...chosen,
    averaged,
    rule: `${chosen.rule}; the weights are the mean of epochs ${first} to ${chosen.epoch}`,
  };
}

/** The epochs whose weights a run stands for. */
export function epochsOf({ epoch, averaged = [epoch] }: Selection): number[] {
  return averaged;
}

function bestOf(history: readonly HistoryRow[]): Selection {
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
  await writeRunFiles(run, { [run.selection]: selectionFile(selection) });
}

/** The text of a run's `selection.json`. */
export function selectionFile(selection: Selection): string {
  return JSON.stringify(selection, null, 2) + "\n";
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
  if (!isListOfEpochs(selection!.averaged)) {
    throw new InputError(`${file}: averaged ${quoteJson(selection!.averaged)} is no list of epochs from 1`);
  }
  // What the metric was called before.
  const { choiceMetric = null, selectionMetric = choiceMetric, ...others } = selection!;
  return { ...others, selectionMetric } as Selection;
}

function isListOfEpochs(averaged: unknown): boolean {
  if (averaged === undefined) return true;
  return Array.isArray(averaged) && averaged.length > 0 &&
    averaged.every((epoch) => Number.isInteger(epoch) && epoch >= 1);
}
