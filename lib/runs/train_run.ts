import { changesWith } from "../training/fewer_workers.ts";
import { readRunConfig, writeRunConfig } from "../training/run_config.ts";
import { writeRunFiles } from "../training/run_folder.ts";
import { train, type TrainResult } from "../training/train.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/**
 * Trains a run from its last complete epoch to its end, or until the signal ends it: after the step under way, with
 * network and optimizer as they were after the last complete epoch, so that the same run can go on.
 *
 * A number of epochs or workers that the run was not started with is written into config.json; where training fails before
 * another epoch is complete, config.json is as it was.
 */
export async function trainRun(run: Run, context: RunContext = {}): Promise<TrainResult> {
  const { folder, settings, data } = run;
  const { reporter, signal, group } = context;
  const complete = run.history.length;
  const config = await Deno.readFile(folder.config);
  const before = await readRunConfig(folder);
  const hasOtherWorkers = before.settings.workers !== settings.workers;
  const isOther = before.settings.epochs !== settings.epochs || hasOtherWorkers;
  if (isOther) {
    const workers = hasOtherWorkers
      ? changesWith(settings, { before: before.settings, changes: before.workers, epoch: complete })
      : before.workers;
    await writeRunConfig(folder, { ...before, settings, ...(workers ? { workers } : {}) });
    if (hasOtherWorkers) {
      const [now, then] = [settings, before.settings].map(({ workers, batchSize }) =>
        `${workers} workers and a batch size of ${batchSize}`
      );
      reporter?.onWarning?.(`goes on with ${now}, before it had ${then}: other bits from here on`);
    }
  }
  try {
    return await train(settings, {
      state: run,
      data,
      run: folder,
      signal,
      group,
      onStep(report) {
        reporter?.onStep?.(report);
        const { epoch, epochs, step, steps } = report;
        reporter?.onProgress?.("Training", (epoch - 1) * steps + step, epochs * steps);
      },
      onValidation: progressOf(context, "Validating").onProgress,
      onEpoch: (row, history) => reporter?.onEpoch?.(row, history),
    });
  } catch (error) {
    if (isOther && run.history.length === complete) await writeRunFiles(folder, { [folder.config]: config });
    throw error;
  }
}
