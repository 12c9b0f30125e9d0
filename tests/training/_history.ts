import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import type { HistoryRow } from "../../lib/training/history.ts";

/** An epoch of a made-up history. */
export function historyRow(row: Partial<HistoryRow> & { epoch: number }): HistoryRow {
  return {
    steps: 7 * row.epoch,
    learningRate: 1e-3 / row.epoch,
    trainingLoss: 1 / row.epoch,
    validationLoss: 2 / row.epoch,
    meanAuc: 0.1 + 0.2,
    selectionMetric: 0.7,
    auc: NIH_FINDINGS.map((_, i) => i / NIH_FINDINGS.length),
    ...row,
  };
}
