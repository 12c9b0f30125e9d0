import { existsSync } from "node:fs";
import { areFindings, MOST_FINDINGS } from "../dataset/findings.ts";
import { NIH_FINDINGS } from "../dataset/nih_findings.ts";
import { isPhantomFolder } from "../phantom/phantom_folder.ts";
import { InputError } from "../support/input_error.ts";
import type { OutputOptions } from "../support/outputs.ts";
import { quoteJson } from "../support/printable.ts";
import { readJson } from "../support/read_json.ts";
import { checkImported, type ImportedWeights } from "./imported_weights.ts";
import { isCrossValidation } from "./fold_folders.ts";
import { type RunFolder, writeRunFiles } from "./run_folder.ts";
import { checkChanges, type WorkersChange } from "./fewer_workers.ts";
import { BEFORE, checkVersion, VERSION } from "./run_version.ts";
import { checkSettings, type Settings, wantsPhantoms } from "./settings.ts";

/** What `config.json` says of a run. */
export interface RunConfig {
  /** The version of the run folder's files. */
  version: number;
  /** The findings, in the order of every score. */
  findings: readonly string[];
  /** Whether it was trained on phantom images; false where a run of before this was written down had its own folder. */
  phantom: boolean;
  /** The settings. */
  settings: Settings;
  /** The hash of what it was trained on (`dataDigest`); not there in runs of older versions. */
  data?: string | null;
  /** With how many workers it went on when; not there where that never changed. */
  workers?: readonly WorkersChange[];
  /** Where its weights are from, where they were not trained here. */
  imported?: ImportedWeights;
}

/** What a run is begun with. */
export type RunStart = Pick<RunConfig, "settings" | "findings" | "data" | "workers" | "imported">;

/** The text of a run's `config.json`. */
export function runConfigJson({ settings, findings, data, workers, imported }: RunStart): string {
  const phantom = !imported &&
    (wantsPhantoms(settings) || settings.data !== null && isPhantomFolder(settings.data));
  const config: RunConfig = {
    version: VERSION,
    findings,
    phantom,
    ...(imported ? { imported } : {}),
    settings,
    ...(workers ? { workers } : {}),
    ...(data ? { data } : {}),
  };
  return JSON.stringify(config, null, 2) + "\n";
}

/** Writes a run's `config.json`. */
export async function writeRunConfig(
  run: RunFolder,
  start: RunStart,
  options: OutputOptions = {},
): Promise<void> {
  await writeRunFiles(run, { [run.config]: runConfigJson(start) }, options);
}

/**
 * Reads what a run was started with. A run of before findings were written down (`labels` then) has the NIH's 14.
 *
 * @throws {InputError} Where the folder holds no run, or one of another version of this project.
 */
export async function readRunConfig(run: RunFolder): Promise<RunConfig> {
  const missing = isCrossValidation(run.dir)
    ? "a cross-validation, whose runs are in its folders: name one, as in fold-1"
    : "no run (config.json is missing)";
  const config = await readJson(run.config, { missing: `${run.dir}: ${missing}` }) as
    | Partial<RunConfig>
    | null;
  const version = config?.version;
  checkVersion(version, run.config);
  const { findings = NIH_FINDINGS } = config!;
  if (!areFindings(findings)) {
    throw new InputError(
      `${run.config}: findings ${quoteJson(findings)} are not 1 to ${MOST_FINDINGS} different names`,
    );
  }
  const { phantom, settings: given, data, workers, imported } = config!;
  if (typeof given !== "object" || given === null) throw new InputError(`${run.config}: has no settings`);
  const settings = checkSettings({ ...BEFORE, ...given }, run.config);
  return {
    version,
    findings,
    phantom: phantom ?? wantsPhantoms(settings),
    settings,
    ...(typeof data === "string" ? { data } : {}),
    ...(workers === undefined ? {} : { workers: checkChanges(workers, run.config) }),
    ...(imported === undefined ? {} : { imported: checkImported(imported, { file: run.config, findings }) }),
  };
}

/** Whether a folder holds a run that was started with these very settings, so that it can go on. */
export async function isRunOf(run: RunFolder, settings: Settings): Promise<boolean> {
  if (!existsSync(run.config)) return false;
  return JSON.stringify((await readRunConfig(run)).settings) === JSON.stringify(settings);
}
