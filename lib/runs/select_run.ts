import { readCheckpoint } from "../training/checkpoint.ts";
import { selectEpoch, type Selection, writeSelection } from "../training/select_epoch.ts";
import type { Run } from "./run.ts";

/**
 * Selects a trained run's checkpoint by its validation metric: writes selection.json and gives the network the weights
 * of that epoch.
 */
export async function selectRun({ folder, data: { findings }, history, model }: Run): Promise<Selection> {
  const selection = selectEpoch(history);
  const { epoch } = selection;
  await writeSelection(folder, selection);
  await readCheckpoint(folder.checkpoint(epoch), model, { epoch, findings });
  return selection;
}
