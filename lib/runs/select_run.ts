import { selectEpoch, type Selection, writeSelection } from "../training/select_epoch.ts";
import { readSelectedWeights } from "../training/selected_weights.ts";
import type { Run } from "./run.ts";

/**
 * Selects a trained run's epoch as its settings say: writes selection.json and gives the network the weights of that
 * epoch, or the mean of several.
 */
export async function selectRun(
  { folder, settings, data: { findings }, history, model }: Run,
): Promise<Selection> {
  const selection = selectEpoch(history, settings);
  await writeSelection(folder, selection);
  await readSelectedWeights(folder, model, { selection, findings });
  return selection;
}
