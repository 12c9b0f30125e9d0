import { existsSync } from "node:fs";
import { splitCsv } from "../dataset/split_file.ts";
import { trainingMemory } from "../model/memory.ts";
import { createModel, type Model } from "../model/model.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";
import { checkMemory } from "../training/check_memory.ts";
import { networkOf } from "../training/network_of.ts";
import { dataDigest } from "../training/data_digest.ts";
import { writeRunConfig } from "../training/run_config.ts";
import { checkFree, claimRun, runFolder, tidyRun, writeRunFiles } from "../training/run_folder.ts";
import type { Settings } from "../training/settings.ts";
import type { TrainingData } from "../training/training_data.ts";
import { newState } from "../training/training_state.ts";
import { clearRun } from "./clear_run.ts";
import { beginSession } from "./provenance.ts";
import type { Run } from "./run.ts";

/** What a run is made of that starts from nothing. */
export interface RestartRunOptions {
  /** The run's settings. */
  settings: Settings;
  /** The images to train on. */
  data: TrainingData;
  /** The network as training finds it; a new one unless given. */
  model?: Model;
}

/**
 * Starts a run anew: its settings and its split are in its folder, and the files of a run that was there are gone;
 * others stay. No process has the folder for itself afterwards.
 *
 * @throws {InputError} Where the folder holds something that is no run, a file of its run was changed since it was
 * written, another process is at work on it, or the training takes more memory than the machine has.
 */
export async function restartRun(dir: string, { settings, data, model }: RestartRunOptions): Promise<Run> {
  const network = networkOf(settings, data.findings);
  const memory = trainingMemory(network, settings);
  checkMemory(memory, settings);
  const folder = runFolder(dir);
  using _claim = await claimRun(folder);
  if (!existsSync(folder.config)) await checkFree(folder);
  await tidyRun(folder);
  await clearRun(folder, { overwrite: false });
  await writeRunConfig(folder, { settings, findings: data.findings, data: dataDigest(data) });
  await writeRunFiles(folder, { [folder.split]: splitCsv(data.split) });
  const state = newState(model ?? createModel(network, settings));
  const run = {
    ...state,
    folder,
    settings,
    dataPath: settings.table ?? settings.data ?? PHANTOM_FOLDER,
    data,
    memory,
    overwrite: false,
    release() {},
  };
  await beginSession(run);
  return run;
}
