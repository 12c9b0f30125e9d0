import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Interval } from "../evaluation/interval.ts";
import { readMetrics } from "../evaluation/read_metrics.ts";
import { InputError } from "../support/input_error.ts";
import { isCrossValidation } from "../training/fold_folders.ts";
import { checkRunFile } from "../training/check_run.ts";
import { readHistory } from "../training/history.ts";
import type { ImportedWeights } from "../training/imported_weights.ts";
import { readRunConfig } from "../training/run_config.ts";
import { type RunFolder, runFolder } from "../training/run_folder.ts";
import type { Settings } from "../training/settings.ts";

/** What a list says of a run. */
export interface ListedRun {
  /** The folder's name. */
  name: string;
  /** Where its files lie. */
  folder: RunFolder;
  /** Its settings. */
  settings: Settings;
  /** Its findings. */
  findings: readonly string[];
  /** Whether it was trained on phantom images. */
  phantom: boolean;
  /** Where its weights are from; null where they were trained here. */
  imported: ImportedWeights | null;
  /** Complete epochs. */
  epochs: number;
  /** The test AUC of each finding and their mean; null where the run has not ended. */
  test: ListedTest | null;
  /** When the last of its figures was written. */
  date: Date;
  /** The size of all its files in bytes. */
  bytes: number;
}

/** The AUCs of a run; null where one is undefined. */
export interface ListedTest {
  /** The mean test AUC over the findings; null where none is defined. */
  mean: number | null;
  /** Its 95 % confidence interval. */
  meanInterval: Interval | null;
  /** By finding. */
  labels: ReadonlyMap<string, { auc: number | null; interval: Interval | null }>;
}

/** The runs of a folder, the folds of cross-validations among them, the newest first, and why other folders with a `config.json` in it cannot be read as runs. */
export interface RunList {
  /** The runs, the newest first. */
  runs: readonly ListedRun[];
  /** What is wrong with the others, a line each. */
  faults: readonly string[];
}

/**
 * Lists the runs that lie in a folder, none where it is missing. Links are not followed.
 *
 * @throws {InputError} Where it is no folder.
 */
export async function listRuns(dir: string): Promise<RunList> {
  const runs: ListedRun[] = [];
  const faults: string[] = [];
  for (const name of await runsIn(dir)) {
    try {
      runs.push({ ...await readListedRun(join(dir, name)), name });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      faults.push(error.message);
    }
  }
  runs.sort((a, b) => b.date.getTime() - a.date.getTime() || (a.name < b.name ? -1 : 1));
  return { runs, faults };
}

/**
 * Reads what a list says of a run.
 *
 * @throws {InputError} Where the folder holds no run, or one of its files is damaged.
 */
export async function readListedRun(dir: string): Promise<ListedRun> {
  const folder = runFolder(dir);
  for (const file of [folder.config, folder.history, folder.metrics]) await checkRunFile(folder, file);
  const { settings, findings, phantom, imported = null } = await readRunConfig(folder);
  const history = existsSync(folder.history) ? await readHistory(folder.history, findings) : [];
  const latest = [folder.metrics, folder.history, folder.config].find((file) => existsSync(file))!;
  return {
    ...{ name: basename(dir), folder, settings, findings, phantom, imported },
    epochs: history.length,
    test: existsSync(folder.metrics) ? await readTest(folder.metrics) : null,
    date: (await Deno.stat(latest)).mtime!,
    bytes: await sizeOf(dir),
  };
}

async function readTest(file: string): Promise<ListedTest> {
  const { summary, labels } = await readMetrics(file);
  return {
    mean: summary.mean,
    meanInterval: summary.meanInterval,
    labels: new Map(labels.map(({ name, auc, aucInterval }) => [name, { auc, interval: aucInterval }])),
  };
}

/** A setting that two runs do not share, as JSON. */
export interface SettingDifference {
  /** The setting. */
  name: string;
  /** Its value in the first run, as JSON. */
  first: string;
  /** Its value in the second run, as JSON. */
  second: string;
}

/** The settings in which two runs differ, by name (`augmentation.shift`), in the order of the settings. */
export function settingDifferences(first: Settings, second: Settings): SettingDifference[] {
  const [a, b] = [flatten(first), flatten(second)];
  return [...a].flatMap(([name, value]) => {
    const other = b.get(name) ?? "null";
    return value === other ? [] : [{ name, first: value, second: other }];
  });
}

function flatten(settings: object, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(settings)) {
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isGroup) flat.set(prefix + name, JSON.stringify(value));
    else for (const [path, text] of flatten(value, `${prefix}${name}.`)) flat.set(path, text);
  }
  return flat;
}

/** The paths of a folder's runs, and of the runs in its cross-validations, from there. */
async function runsIn(dir: string): Promise<string[]> {
  const isRun = (name: string) => existsSync(runFolder(join(dir, name)).config);
  const runs = await Promise.all((await foldersIn(dir)).map(async (name) => {
    if (!isCrossValidation(join(dir, name))) return [name];
    return (await foldersIn(join(dir, name))).map((fold) => join(name, fold));
  }));
  return runs.flat().filter(isRun);
}

async function foldersIn(dir: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(dir));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (error instanceof Deno.errors.NotADirectory) throw new InputError(`${dir}: is no folder`);
    throw error;
  }
}

async function sizeOf(dir: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory, isFile } of Deno.readDir(dir)) {
    const path = join(dir, name);
    if (isDirectory) bytes += await sizeOf(path);
    else if (isFile) bytes += (await Deno.lstat(path)).size;
  }
  return bytes;
}
