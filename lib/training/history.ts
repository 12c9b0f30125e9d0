import { columnOf, csvText, readCsv, rowName } from "../support/csv.ts";
import { InputError } from "../support/input_error.ts";
import { isNumber } from "../support/numbers.ts";
import { brief, quote } from "../support/printable.ts";

/** What is known of an epoch when it has ended. */
export interface HistoryRow {
  /** From 1. */
  epoch: number;
  /** Training steps taken since the first epoch. */
  steps: number;
  /** The learning rate of the epoch's last step. */
  learningRate: number;
  /** The mean of the steps' losses, weight decay included. */
  trainingLoss: number;
  /** The loss of the validation set, without weight decay. */
  validationLoss: number;
  /** The mean of the defined validation AUCs; null where none is defined. */
  meanAuc: number | null;
  /** The metric that an epoch is chosen by, on the validation set; null where it is undefined. */
  selectionMetric: number | null;
  /** The validation AUC by label, in the order of the labels; null where it is undefined. */
  auc: (number | null)[];
}

const COLUMNS = [
  "epoch",
  "steps",
  "learning_rate",
  "training_loss",
  "validation_loss",
  "mean_auc",
  "selection_metric",
] as const;

/** What columns were called before. */
const OLD_NAMES: Readonly<Record<string, readonly string[]>> = { selection_metric: ["choice_metric"] };

/** The text of a `history.csv`: a row an epoch; an AUC that is undefined is an empty cell. */
export function historyCsv(rows: readonly HistoryRow[], labels: readonly string[]): string {
  const cells = rows.map((row) => [
    row.epoch,
    row.steps,
    row.learningRate,
    row.trainingLoss,
    row.validationLoss,
    row.meanAuc,
    row.selectionMetric,
    ...row.auc,
  ]);
  const header = [...COLUMNS, ...labels.map((label) => `${label}_auc`)];
  return csvText([header, ...cells]);
}

/**
 * Reads a `history.csv`.
 *
 * @throws {InputError} Where a column is missing, a cell is no number, or epochs do not count up from 1.
 */
export async function readHistory(file: string, labels: readonly string[]): Promise<HistoryRow[]> {
  const csv = await readCsv(file);
  const names = [...COLUMNS, ...labels.map((label) => `${label}_auc`)];
  const columns = names.map((name) => columnOf(csv, name, ...(OLD_NAMES[name] ?? [])));
  return csv.rows.map((row, i) => {
    const values = columns.map((column, index) => {
      const text = row[column]!;
      if (text === "" && index >= COLUMNS.indexOf("mean_auc")) return null;
      if (!isNumber(text)) {
        throw new InputError(`${rowName(csv, i)}: ${brief(names[index]!)} ${quote(text)} is not a number`);
      }
      return Number(text);
    });
    const [epoch, steps, learningRate, trainingLoss, validationLoss, meanAuc, selectionMetric, ...auc] =
      values;
    if (epoch !== i + 1) {
      throw new InputError(`${rowName(csv, i)}: epoch ${epoch} where ${i + 1} has to come`);
    }
    return {
      epoch: epoch!,
      steps: steps!,
      learningRate: learningRate!,
      trainingLoss: trainingLoss!,
      validationLoss: validationLoss!,
      meanAuc: meanAuc!,
      selectionMetric: selectionMetric!,
      auc,
    };
  });
}
