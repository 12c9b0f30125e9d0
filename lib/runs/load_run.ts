import { dirname, join } from "node:path";
import { createModel, type Model } from "../model/model.ts";
import { networkOf } from "../training/network_of.ts";
import { checkRunToRead } from "../training/check_run.ts";
import { IMPORTED_SELECTION, type ImportedWeights } from "../training/imported_weights.ts";
import { readRunConfig } from "../training/run_config.ts";
import { type RunFolder, runFolder } from "../training/run_folder.ts";
import { epochsOf, readSelection, type Selection } from "../training/select_epoch.ts";
import { readSelectedWeights } from "../training/selected_weights.ts";
import type { Settings } from "../training/settings.ts";

/** A run that has ended, or that was made out of published weights: its settings, its findings and its network with the chosen weights. */
export interface LoadedRun {
  /** Where its files lie. */
  run: RunFolder;
  /** Its settings. */
  settings: Settings;
  /** The findings, in the order of the network's outputs. */
  findings: readonly string[];
  /** Whether it was trained on phantom images. */
  phantom: boolean;
  /** Where its weights are from; null where it was trained here. */
  imported: ImportedWeights | null;
  /** The chosen epoch. */
  selection: Selection;
  /** The network with the weights of that epoch. */
  model: Model;
  /** What is to be said of the folder: files of it for people that are not as they were written, a line each. */
  notes: string[];
}

/**
 * Loads a run's network with the weights of the chosen epoch.
 *
 * @throws {InputError} Where the folder holds no run, the run has not ended, or a file of it is damaged.
 */
export async function loadRun(dir: string): Promise<LoadedRun> {
  const run = runFolder(dir);
  const config = await readRunConfig(run);
  const { settings, findings, phantom, imported = null } = config;
  const selection = imported ? IMPORTED_SELECTION : await readSelection(run.selection);
  const needed = new Set([...epochsOf(selection).map((epoch) => run.checkpoint(epoch)), run.statistics]);
  const notes = await checkRunToRead(run, config, (file) => {
    const path = join(run.dir, file);
    return dirname(path) !== run.checkpoints || needed.has(path);
  });
  const model = createModel(networkOf(settings, findings), { seed: null });
  await readSelectedWeights(run, model, { selection, findings });
  return { run, settings, findings, phantom, imported, selection, model, notes };
}
