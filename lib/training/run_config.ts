import { LABELS } from "../dataset/labels.ts";
import { InputError } from "../support/input_error.ts";
import { writeAtomically } from "../support/write_atomically.ts";
import type { RunFolder } from "./run_folder.ts";
import { checkSettings, type Settings } from "./settings.ts";

/** Raised whenever a run folder's files change their meaning. */
const VERSION = 1;

/** What `config.json` says of a run. */
export interface RunConfig {
  /** The version of the run folder's files. */
  version: number;
  /** The labels in the order of every score. */
  labels: readonly string[];
  settings: Settings;
}

/** Writes `config.json`. */
export async function writeRunConfig(run: RunFolder, settings: Settings): Promise<void> {
  const config: RunConfig = { version: VERSION, labels: LABELS, settings };
  await writeAtomically(run.config, JSON.stringify(config, null, 2) + "\n");
}

/**
 * Reads the settings that a run was started with.
 *
 * @throws {InputError} Where the folder holds no run, or one of another version of this project.
 */
export async function readRunSettings(run: RunFolder): Promise<Settings> {
  let config: Partial<RunConfig> | null;
  try {
    config = JSON.parse(await Deno.readTextFile(run.config));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new InputError(`${run.dir}: no run (config.json is missing)`);
    }
    if (error instanceof SyntaxError) throw new InputError(`${run.config}: not JSON`);
    throw error;
  }
  if (config?.version !== VERSION) {
    throw new InputError(
      `${run.config}: version ${config?.version} of run folders, and this is version ${VERSION}`,
    );
  }
  if (JSON.stringify(config.labels) !== JSON.stringify(LABELS)) {
    throw new InputError(`${run.config}: labels ${config.labels} are not the 14 of NIH ChestX-ray14`);
  }
  if (typeof config.settings !== "object") throw new InputError(`${run.config}: has no settings`);
  return checkSettings(config.settings, run.config);
}
