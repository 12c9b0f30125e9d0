import { existsSync } from "node:fs";
import { InputError } from "../support/input_error.ts";
import { adoptRun, findRunDamage } from "../training/check_run.ts";
import { readRunConfig } from "../training/run_config.ts";
import { removeRunFiles, type RunFolder } from "../training/run_folder.ts";

/**
 * Removes the run of a folder, where one is: the files that it wrote and nobody changed. Others stay.
 *
 * @param overwrite Whether a file that was changed since it was written is no reason to stop.
 * @throws {InputError} Where one is; nothing is removed then.
 */
export async function clearRun(run: RunFolder, { overwrite }: { overwrite: boolean }): Promise<void> {
  if (!existsSync(run.config)) return;
  const config = await readRunConfig(run);
  if (!overwrite) {
    const changed = (await findRunDamage(run, config)).find(({ isMissing }) => !isMissing);
    if (changed) throw new InputError(`${changed.message}: move it away`);
  }
  await adoptRun(run, config);
  await removeRunFiles(run);
}
