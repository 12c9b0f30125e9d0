import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { writeSplit } from "../dataset/split_file.ts";
import { trainingMemory } from "../model/memory.ts";
import { writePhantoms } from "../phantom/write_phantoms.ts";
import { describeDoubts, doubtfulImages } from "../dataset/image_doubts.ts";
import { PHANTOM_FOLDER, RUNS } from "../support/project.ts";
import { checkMemory } from "../training/check_memory.ts";
import { networkOf } from "../training/network_of.ts";
import { writeRunConfig } from "../training/run_config.ts";
import { checkFree, claimRun, removeDrafts, runFolder, splitOf } from "../training/run_folder.ts";
import { type Settings, wantsPhantoms } from "../training/settings.ts";
import { openTrainingData } from "../training/training_data.ts";
import { initialState } from "../training/training_state.ts";
import { findWeights } from "./find_weights.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/** Where a run is, and whether it was begun before. */
export type OpenRunOptions =
  & RunContext
  & ({
    /** The run's folder, missing or empty. Default: the next free one in data/runs, named after the data. */
    dir?: string | undefined;
    resume?: false;
  } | {
    /** The folder of the run that goes on. */
    dir: string;
    resume: true;
  });

/**
 * Opens a run: a new one, with its settings and its split in its folder, or one that goes on after its last complete
 * epoch. Phantoms are drawn and images decoded where they are not there yet. Nothing is written into the folder before
 * settings, weights and data have turned out to be sound.
 *
 * @param settings Of a run that goes on: what `resumedSettings` returns.
 * @throws {InputError} For what is wrong with settings, weights, data or the folder, and where another process is at
 * work on the run.
 */
export async function openRun(settings: Settings, options: OpenRunOptions = {}): Promise<Run> {
  const { dir, resume, signal, reporter } = options;
  // Ends here where there is no such network or not the memory for it, before images are decoded.
  const memory = trainingMemory(networkOf(settings, ["a finding"]), settings);
  checkMemory(memory, settings);
  using opened = new DisposableStack();
  const resumed = resume ? runFolder(dir) : undefined;
  let claim = resumed && opened.use(await claimRun(resumed));
  if (!resume && dir !== undefined) await checkFree(runFolder(dir));

  const isTrained = resumed !== undefined && existsSync(resumed.history);
  const weights = isTrained ? null : findWeights(settings);
  const source = wantsPhantoms(settings) ? { ...settings, data: PHANTOM_FOLDER } : settings;
  const dataPath = source.table ?? source.data!;
  if (wantsPhantoms(settings)) {
    const drawing = progressOf(options, "Drawing phantoms");
    await writePhantoms(PHANTOM_FOLDER, { ...drawing, signal });
  }
  const data = opened.use(
    await openTrainingData(source, {
      ...progressOf(options, "Decoding images"),
      ...(resumed ? splitOf(resumed) : {}),
      signal,
    }),
  );
  const { findings } = data;
  const state = opened.use(await initialState(settings, { findings, weights, resumed }));

  const folder = resumed ?? runFolder(dir ?? await makeNextFolder(dataPath));
  claim ??= opened.use(await claimRun(folder));
  await removeDrafts(folder);
  if (!resume) {
    await checkFree(folder);
    await writeRunConfig(folder, { settings, findings });
  }
  if (!existsSync(folder.split)) await writeSplit(folder.split, data.split);
  const { release } = claim;
  const held = opened.move();
  const run = {
    ...state,
    folder,
    settings,
    dataPath,
    data,
    memory,
    release,
    [Symbol.dispose]: () => held.dispose(),
  };
  const doubts = describeDoubts(doubtfulImages(data.cache), data.cache.names.length);
  if (doubts !== null) reporter?.onWarning?.(doubts);
  reporter?.onOpened?.(run);
  return run;
}

/** Makes the next folder in data/runs that is named after the data. */
async function makeNextFolder(dataPath: string): Promise<string> {
  const name = basename(resolve(dataPath)).replace(/\.(csv|npz)(\.gz)?$/, "");
  await Deno.mkdir(RUNS, { recursive: true });
  for (let number = 1;; number++) {
    const dir = join(RUNS, `${name}-${number}`);
    try {
      await Deno.mkdir(dir);
      return dir;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}
