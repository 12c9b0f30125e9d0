import { join, relative } from "node:path";
import { InputError } from "../support/input_error.ts";
import { checkSummed, removeSummed } from "../support/summed_folder.ts";
import { adoptRun } from "../training/check_run.ts";
import { readHistory } from "../training/history.ts";
import { readRunConfig } from "../training/run_config.ts";
import { claimRun, sumsOf, tidyRun } from "../training/run_folder.ts";
import { epochsOf, readSelection } from "../training/select_epoch.ts";
import { readSafetensors } from "../weight_files/safetensors.ts";
import type { ListedRun } from "./list_runs.ts";

/** A file that may be removed, and its size. */
export interface SpareFile {
  /** The file's path. */
  path: string;
  /** Its size in bytes. */
  bytes: number;
}

/**
 * Finds the checkpoints that an ended run can do without: those of all epochs but the chosen ones, which score, and the
 * last, from which training would go on. A file counts where it is as it was written and says itself that it holds this
 * network's weights of its epoch; links do not. None where the run has not ended.
 *
 * @throws {InputError} Where a file of the run is damaged.
 */
export async function spareCheckpoints(
  { folder, settings, findings, test }: ListedRun,
): Promise<SpareFile[]> {
  if (test === null) return [];
  const chosen = epochsOf(await readSelection(folder.selection));
  const epochs = (await readHistory(folder.history, findings)).map(({ epoch }) => epoch);
  const changed = await checkSummed(sumsOf(folder), (file) => file.startsWith("checkpoints/"));
  const isChanged = (path: string) => changed?.some(({ file }) => join(folder.dir, file) === path) ?? false;
  const spare: SpareFile[] = [];
  for (const epoch of epochs.slice(0, -1)) {
    const path = folder.checkpoint(epoch);
    const info = await Deno.lstat(path).catch(() => null);
    if (chosen.includes(epoch) || !info?.isFile || isChanged(path)) continue;
    if (await isCheckpoint(path, { epoch, network: settings.network })) {
      spare.push({ path, bytes: info.size });
    }
  }
  return spare;
}

/**
 * Removes the checkpoints that a run can do without, and gives what was removed.
 *
 * @throws {InputError} Where another process is at work on the run.
 */
export async function removeSpareCheckpoints(run: ListedRun): Promise<SpareFile[]> {
  const { folder } = run;
  using _claim = await claimRun(folder);
  await tidyRun(folder);
  const spare = await spareCheckpoints(run);
  await adoptRun(folder, await readRunConfig(folder));
  const names = new Set(spare.map(({ path }) => relative(folder.dir, path)));
  await removeSummed(sumsOf(folder), (file) => names.has(file));
  return spare;
}

async function isCheckpoint(file: string, { epoch, network }: { epoch: number; network: string }) {
  try {
    const { metadata } = await readSafetensors(file);
    return metadata["epoch"] === String(epoch) && metadata["network"] === network;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
