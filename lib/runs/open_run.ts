import { existsSync } from "node:fs";
import { describeSharedPatients } from "../dataset/shared_patients.ts";
import { splitCsv } from "../dataset/split_file.ts";
import { trainingMemory } from "../model/memory.ts";
import { writePhantoms } from "../phantom/write_phantoms.ts";
import { describeDoubts, doubtfulImages } from "../dataset/image_doubts.ts";
import { InputError } from "../support/input_error.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";
import { checkMemory } from "../training/check_memory.ts";
import { networkOf } from "../training/network_of.ts";
import { adoptRun, checkCheckpoints, checkRunToWrite, unsummedInWords } from "../training/check_run.ts";
import { dataDigest } from "../training/data_digest.ts";
import { refuseImported } from "../training/imported_weights.ts";
import { readRunConfig, writeRunConfig } from "../training/run_config.ts";
import {
  checkFree,
  claimRun,
  type RunFolder,
  runFolder,
  splitOf,
  tidyRun,
  writeRunFiles,
} from "../training/run_folder.ts";
import { type Settings, wantsPhantoms } from "../training/settings.ts";
import { openTrainingData } from "../training/training_data.ts";
import { initialState } from "../training/training_state.ts";
import { shareState } from "../training/worker_group.ts";
import { agreeOnData } from "./agree_on_data.ts";
import { clearRun } from "./clear_run.ts";
import { findWeights } from "./find_weights.ts";
import { makeRunFolder, runNameOf } from "./make_run_folder.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/** Where a run is, and whether it was begun before. */
export type OpenRunOptions =
  & RunContext
  & {
    /**
     * Whether the run of a folder that is not to go on is replaced by the new one; of one that goes on, whether its
     * report, model card and pictures are written anew though they were changed. Default: false.
     */
    overwrite?: boolean;
    /** Whether every image is compared with what was decoded of it before, instead of a sample. Default: false. */
    checkImages?: boolean;
  }
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
  const { dir, resume, overwrite = false, checkImages = false, signal, reporter } = options;
  // Ends here where there is no such network or not the memory for it, before images are decoded.
  const memory = trainingMemory(networkOf(settings, ["a finding"]), settings);
  checkMemory(memory, settings);
  if (options.group && settings.recomputedStatistics) {
    throw new InputError(
      "recomputedStatistics needs all training images in one process, and each worker has its own: leave it away",
    );
  }
  using opened = new DisposableStack();
  const resumed = resume ? runFolder(dir) : undefined;
  let claim = resumed && opened.use(await claimRun(resumed));
  if (resumed) (await checkResumed(resumed, { overwrite })).forEach((note) => reporter?.onWarning?.(note));
  else if (dir !== undefined) await checkStartable(runFolder(dir), { overwrite });

  const isTrained = resumed !== undefined && existsSync(resumed.history);
  const weights = isTrained ? null : findWeights(settings);
  const source = wantsPhantoms(settings) ? { ...settings, data: PHANTOM_FOLDER } : settings;
  const dataPath = source.table ?? source.data!;
  if (wantsPhantoms(settings)) {
    const drawing = progressOf(options, "Drawing phantoms");
    await writePhantoms(PHANTOM_FOLDER, { ...drawing, signal });
  }
  const { group, nameOf } = options;
  const own = opened.use(
    await openTrainingData(source, {
      ...progressOf(options, "Decoding images"),
      ...(resumed ? splitOf(resumed) : {}),
      checkAll: checkImages,
      worker: group,
      signal,
    }),
  );
  const data = group && nameOf ? await agreeOnData(own, { group, nameOf }) : own;
  const { findings } = data;
  const digest = dataDigest(data);
  if (resumed) await checkData(resumed, { dataPath, digest });
  const state = opened.use(await initialState(settings, { findings, weights, resumed }));

  const folder = resumed ??
    runFolder(dir ?? await makeRunFolder(runNameOf(dataPath)));
  claim ??= opened.use(await claimRun(folder));
  if (!resume) {
    await checkStartable(folder, { overwrite });
    await tidyRun(folder);
    await clearRun(folder, { overwrite });
    await writeRunConfig(folder, { settings, findings, data: digest }, { overwrite });
  }
  if (!resume || !existsSync(folder.split)) {
    await writeRunFiles(folder, { [folder.split]: splitCsv(data.split) }, { overwrite });
  }
  if (group) await shareState(state, { group, folder: folder.dir });
  const { release } = claim;
  const held = opened.move();
  const run = {
    ...state,
    folder,
    settings,
    dataPath,
    data,
    memory,
    overwrite,
    release,
    [Symbol.dispose]: () => held.dispose(),
  };
  const doubts = describeDoubts(doubtfulImages(data.cache), data.cache.names.length);
  if (doubts !== null) reporter?.onWarning?.(doubts);
  const leak = settings.splitFile === null ? null : describeSharedPatients(data.split);
  if (leak !== null) reporter?.onWarning?.(`${settings.splitFile}: ${leak}`);
  reporter?.onOpened?.(run);
  return run;
}

/** Makes sure that a run goes on with the data that it was started with. */
async function checkData(
  run: RunFolder,
  { dataPath, digest }: { dataPath: string; digest: string | null },
): Promise<void> {
  const { data } = await readRunConfig(run);
  if (!data || digest === null || data === digest) return;
  throw new InputError(
    `${dataPath}: its images or labels are not those that the run was started with (${run.config}): put them back, or ` +
      "start anew in another folder",
  );
}

/** Makes sure that a new run can be written into a folder. */
async function checkStartable(run: RunFolder, { overwrite }: { overwrite: boolean }): Promise<void> {
  if (overwrite && existsSync(run.config)) await readRunConfig(run);
  else await checkFree(run);
}

/** Makes sure that the files of a run are as it wrote them and fit each other. Returns what is to be said of it, a line each. */
async function checkResumed(run: RunFolder, { overwrite }: { overwrite: boolean }): Promise<string[]> {
  await tidyRun(run);
  const config = await readRunConfig(run);
  refuseImported(run, config);
  await checkRunToWrite(run, config, { overwrite });
  await checkCheckpoints(run, config);
  const unsummed = unsummedInWords(run);
  await adoptRun(run, config);
  return unsummed === null ? [] : [`${unsummed}; from now on it has their checksums`];
}
