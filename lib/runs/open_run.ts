import { existsSync } from "node:fs";
import { writePhantoms } from "../phantom/write_phantoms.ts";
import { writeSplit } from "../dataset/split_file.ts";
import { createModel, type Model } from "../model/model.ts";
import { readCheckpoint } from "../training/checkpoint.ts";
import { type HistoryRow, readHistory } from "../training/history.ts";
import { networkOf } from "../training/network_of.ts";
import { readRunConfig, writeRunConfig } from "../training/run_config.ts";
import { claimRun, type RunFolder, runFolder, splitOf } from "../training/run_folder.ts";
import { selectEpoch, type Selection, writeSelection } from "../training/select_epoch.ts";
import { checkSettings, readConfiguration, type Settings } from "../training/settings.ts";
import { train } from "../training/train.ts";
import { openTrainingData, type TrainingData } from "../training/training_data.ts";
import { untilInterrupted } from "../notebook/until_interrupted.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";

/** A run whose training has ended, with the images that it was trained on. */
export interface OpenedRun {
  run: RunFolder;
  settings: Settings;
  data: TrainingData;
  history: readonly HistoryRow[];
  selection: Selection;
  /** With the weights of the chosen epoch. */
  model: Model;
}

/** Whom the opening of a run tells. */
export interface OpenRunOptions {
  /** Called as work goes on: what is done, how much of it, of how much. */
  onProgress?: (work: string, done: number, total: number) => void;
}

/**
 * Opens a run, as the notebooks that look at one do. Where it has not ended, its training goes on to the end first;
 * where there is none, the configuration `notebook` is trained. An interrupt (SIGINT) ends that after the step under
 * way, and the next call goes on.
 *
 * @throws {InputError} For what is wrong with the run's files or its data.
 * @throws {DOMException} `AbortError` where it was interrupted.
 */
export function openRun(dir: string, options: OpenRunOptions = {}): Promise<OpenedRun> {
  return untilInterrupted((signal) => open(dir, { ...options, signal }));
}

async function open(
  dir: string,
  { onProgress, signal }: OpenRunOptions & { signal: AbortSignal },
): Promise<OpenedRun> {
  const tell = (work: string) => (done: number, total: number) => onProgress?.(work, done, total);
  const run = runFolder(dir);
  const isThere = existsSync(run.config);
  const settings = isThere
    ? (await readRunConfig(run)).settings
    : checkSettings(await readConfiguration("notebook"), "notebook");
  if (settings.data === null) {
    await writePhantoms(PHANTOM_FOLDER, { onProgress: tell("Drawing phantoms"), signal });
  }
  const data = await openTrainingData({ ...settings, data: settings.data ?? PHANTOM_FOLDER }, {
    ...(isThere ? splitOf(run) : {}),
    onProgress: tell("Decoding images"),
    signal,
  });
  const { findings } = data;
  using _claim = await claimRun(run);
  if (!isThere) await writeRunConfig(run, { settings, findings });
  if (!existsSync(run.split)) await writeSplit(run.split, data.split);
  const model = createModel(networkOf(settings, findings), settings);
  let history = existsSync(run.history) ? await readHistory(run.history, findings) : [];
  if (history.length < settings.epochs) {
    const onStep = ({ epoch, step, steps }: { epoch: number; step: number; steps: number }) =>
      onProgress?.("Training", (epoch - 1) * steps + step, settings.epochs * steps);
    const result = await train(settings, { model, data, run, resume: history.length > 0, onStep, signal });
    if (result.stopped) signal.throwIfAborted();
    history = result.history;
  }
  const selection = selectEpoch(history);
  await writeSelection(run.selection, selection);
  await readCheckpoint(run.checkpoint(selection.epoch), model, findings);
  return { run, settings, data, history, selection, model };
}
