import { InputError } from "../support/input_error.ts";
import { sumEvents } from "../training/check_run.ts";
import { removeRun } from "../training/run_folder.ts";
import type { Settings } from "../training/settings.ts";
import { explainRun } from "./explain_run.ts";
import { openRun, type OpenRunOptions } from "./open_run.ts";
import type { FinishedRun } from "./finished_run.ts";
import { beginSession } from "./provenance.ts";
import { writeReference } from "./reference.ts";
import { reportRun } from "./report_run.ts";
import type { RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";
import { selectRun } from "./select_run.ts";
import { scoreRun } from "./score_run.ts";
import { throwStopped } from "./throw_stopped.ts";
import { trainRun } from "./train_run.ts";
import { writeTrainingBoxes } from "./training_boxes.ts";
import { writeTrainingMetadata } from "./training_metadata.ts";

/**
 * The whole life of a run: opens it, trains it, selects its checkpoint, tests it once, describes its images, explains
 * it, and writes the report. A new run that fails by a mistake of the user before its first epoch is complete leaves no folder,
 * unless workers share it: then that of another worker may have ended it, and it can go on.
 *
 * @throws The signal's reason where it ended the run, which can then go on with `resume`.
 */
export async function completeRun(settings: Settings, options: OpenRunOptions = {}): Promise<FinishedRun> {
  using run = await openRun(settings, options);
  await beginSession(run);
  let finished: FinishedRun;
  try {
    finished = await workOn(run, options);
  } catch (error) {
    // What ended the run is told, not that the disk is still full. Events have checksums of their own.
    await sumEvents(run.folder).catch(() => {});
    throw error;
  }
  // All events are written, though their file may still be open.
  await sumEvents(run.folder);
  return finished;
}

async function workOn(run: Run, options: OpenRunOptions): Promise<FinishedRun> {
  try {
    await trainToTheEnd(run, options);
  } catch (error) {
    const isLost = !options.resume && run.history.length === 0 && !options.group;
    if (isLost && error instanceof InputError) await removeRun(run.folder);
    throw error;
  }
  options.reporter?.onTrained?.(run);
  const selection = await selectRun(run, options);
  await options.group?.broadcast([run.model.weights, run.model.moving]);
  const predictions = await scoreRun(run, options);
  await writeReference(run, options);
  await writeTrainingMetadata(run);
  await writeTrainingBoxes(run);
  const explanation = await explainRun(run, predictions, options);
  return await reportRun(run, { selection, predictions, explanation }, options);
}

/** Trains a run to its last epoch. */
export async function trainToTheEnd(run: Run, context: RunContext = {}): Promise<void> {
  const { stopped } = await trainRun(run, context);
  if (stopped) await throwStopped(context);
}
