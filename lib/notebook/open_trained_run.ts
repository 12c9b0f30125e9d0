import { existsSync } from "node:fs";
import { trainToTheEnd } from "../runs/complete_run.ts";
import { openRun } from "../runs/open_run.ts";
import type { RunContext } from "../runs/reporter.ts";
import type { Run } from "../runs/run.ts";
import { selectRun } from "../runs/select_run.ts";
import { readRunConfig } from "../training/run_config.ts";
import { runFolder } from "../training/run_folder.ts";
import type { Selection } from "../training/select_epoch.ts";
import { checkSettings, readConfiguration } from "../training/settings.ts";
import { notebookReporter } from "./notebook_reporter.ts";
import { untilInterrupted } from "./until_interrupted.ts";

/** A run whose training has ended; its network has the weights of the selected checkpoint. */
export interface TrainedRun extends Run {
  /** The chosen epoch. */
  selection: Selection;
}

/**
 * Opens a run, as the notebooks that look at one do. Where it has not ended, its training goes on to the end first;
 * where there is none, the configuration `notebook` is trained. An interrupt (SIGINT) ends that after the step under
 * way, and the next call goes on.
 *
 * @throws {InputError} For what is wrong with the run's files or its data.
 * @throws {DOMException} `AbortError` where it was interrupted.
 */
export function openTrainedRun(
  dir: string,
  { reporter = notebookReporter() }: Pick<RunContext, "reporter"> = {},
): Promise<TrainedRun> {
  return untilInterrupted(async (signal) => {
    const folder = runFolder(dir);
    const context = { reporter, signal };
    const run = existsSync(folder.config)
      ? await openRun((await readRunConfig(folder)).settings, { ...context, dir, resume: true })
      : await openRun(checkSettings(await readConfiguration("notebook"), "notebook"), { ...context, dir });
    try {
      await trainToTheEnd(run, context);
      return { ...run, selection: await selectRun(run) };
    } catch (error) {
      run[Symbol.dispose]();
      throw error;
    } finally {
      run.release();
    }
  });
}
