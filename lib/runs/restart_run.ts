import { existsSync } from "node:fs";
import type { Split } from "../dataset/split.ts";
import { writeSplit } from "../dataset/split_file.ts";
import { readRunConfig, writeRunConfig } from "../training/run_config.ts";
import { checkFree, claimRun, type RunFolder, runFolder } from "../training/run_folder.ts";
import type { Settings } from "../training/settings.ts";

/**
 * Makes a folder ready for a training that starts from nothing: its settings and its split are in it, and a run that
 * was there is gone.
 *
 * @throws {InputError} Where the folder holds something that is no run, or another process is at work on its run.
 */
export async function restartRun(
  dir: string,
  { settings, findings, split }: { settings: Settings; findings: readonly string[]; split: Split },
): Promise<RunFolder> {
  const run = runFolder(dir);
  using _claim = await claimRun(run);
  if (existsSync(run.config)) {
    await readRunConfig(run);
    await Deno.remove(dir, { recursive: true });
  }
  await checkFree(run);
  await Deno.mkdir(dir, { recursive: true });
  await writeRunConfig(run, { settings, findings });
  await writeSplit(run.split, split);
  return run;
}
