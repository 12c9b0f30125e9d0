import { statisticsFile } from "../training/checkpoint.ts";
import { recomputeStatistics } from "../training/recompute_statistics.ts";
import { writeRunFiles } from "../training/run_folder.ts";
import { selectEpoch, type Selection, selectionFile, writeSelection } from "../training/select_epoch.ts";
import { readSelectedWeights } from "../training/selected_weights.ts";
import type { RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/**
 * Selects a trained run's epoch as its settings say: writes selection.json and gives the network the weights of that
 * epoch, or the mean of several, with running statistics that are computed anew where the settings ask for it.
 */
export async function selectRun(run: Run, { signal }: RunContext = {}): Promise<Selection> {
  const { folder, settings, data: { cache, findings, split }, history, model } = run;
  const selection = selectEpoch(history, settings);
  await readSelectedWeights(folder, model, { selection, findings });
  if (!settings.recomputedStatistics || model.moving.size === 0) {
    await writeSelection(folder, selection);
    return selection;
  }
  await recomputeStatistics(model, { cache, entries: split.training }, { ...settings, signal });
  const recomputed: Selection = {
    ...selection,
    statistics: "recomputed",
    rule: `${selection.rule}; batch normalisation's running statistics were computed anew`,
  };
  await writeRunFiles(folder, {
    [folder.statistics]: statisticsFile(model, selection),
    [folder.selection]: selectionFile(recomputed),
  }, run);
  return recomputed;
}
