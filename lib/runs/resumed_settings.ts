import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { flagOf } from "../support/flag_of.ts";
import { InputError } from "../support/input_error.ts";
import { withWorkers } from "../training/fewer_workers.ts";
import { readHistory } from "../training/history.ts";
import { refuseImported } from "../training/imported_weights.ts";
import { readRunConfig } from "../training/run_config.ts";
import { runFolder } from "../training/run_folder.ts";
import { checkSettings, readConfiguration, type Settings } from "../training/settings.ts";

/** What the command line says of a run that is to go on. */
export interface ResumedSettingsOptions {
  /** A configuration that is named with `--config`. */
  config?: string | undefined;
  /** The settings that are given as flags. */
  flags: Partial<Settings>;
  /** Whether it may go on with another number of workers, which `flags` name, and so with another batch size. Default: false. */
  elastic?: boolean;
}

/** The settings that say where files are, which another worker, or a fold trained on another machine, may have elsewhere. */
export const PLACES: readonly (keyof Settings)[] = [
  "data",
  "table",
  "images",
  "splitFile",
  "lists",
  "weights",
];

/**
 * The settings that a run was started with; only the number of epochs may be another.
 *
 * @throws {InputError} Where there is no run, a setting is given that it does not have, or it has more epochs already.
 */
export async function resumedSettings(
  run: string,
  { config, flags, elastic = false }: ResumedSettingsOptions,
): Promise<Settings> {
  const folder = runFolder(run);
  const started = await readRunConfig(folder);
  refuseImported(folder, started);
  const { settings, findings } = started;
  const configuration = config === undefined ? {} : await readConfiguration(config);
  const free: readonly string[] = elastic ? ["workers", "batchSize"] : [];
  const named = Object.fromEntries(
    Object.entries({ ...configuration, ...flags }).filter(([name]) => !free.includes(name)),
  );
  const wanted = checkSettings({ ...settings, ...named }, config ?? folder.config);
  for (const name of [...Object.keys(flags), ...Object.keys(configuration)] as (keyof Settings)[]) {
    const [before, now] = [settings, wanted].map((from) => shown(name, from[name]));
    if (name === "epochs" || free.includes(name) || before === now) continue;
    if (elastic && PLACES.includes(name)) continue;
    const place = name in flags ? flagOf(name) : `${config}: ${name}`;
    throw new InputError(`${place} ${now}: the run was started with ${before}, which cannot change`);
  }
  const done = existsSync(folder.history) ? (await readHistory(folder.history, findings)).length : 0;
  if (wanted.epochs < done) {
    throw new InputError(`--epochs ${wanted.epochs}: the run has ${done} epochs already`);
  }
  const same = { ...settings, epochs: wanted.epochs };
  if (!elastic) return same;
  const places = Object.fromEntries(PLACES.map((name) => [name, wanted[name]]));
  const batchSize = started.workers?.[0]?.batchSize;
  return withWorkers({ ...same, ...places }, { workers: flags.workers ?? settings.workers, batchSize });
}

/** A setting's value as a text that is the same for the same value; a folder's is its absolute path. */
function shown(name: keyof Settings, value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return name === "data" || name === "lists" ? resolve(value) : value;
}
