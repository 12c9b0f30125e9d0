import { trainRun } from "../runs/train_run.ts";
import type { Reporter } from "../runs/reporter.ts";
import type { Run } from "../runs/run.ts";
import { claimRun } from "../training/run_folder.ts";
import type { TrainResult } from "../training/train.ts";
import { untilInterrupted } from "./until_interrupted.ts";
import { liveTrainingFigure } from "../plots/live_training.ts";
import { progressLine } from "./progress_line.ts";
import { showLive } from "./show.ts";

/** How long in milliseconds a figure stands at least. */
const STANDING = 3000;

/**
 * Trains a run in a notebook: below the cell stand a line of progress and the curves of loss and AUC, which grow while it
 * runs. "Interrupt the kernel" ends it after the step under way (Jupyter sends SIGINT, which would end the kernel
 * otherwise); called again, it goes on after the last complete epoch.
 *
 * @throws {InputError} Where another process is at work on the run, and what `trainRun` throws.
 */
export async function trainLive(run: Run): Promise<TrainResult> {
  using _claim = await claimRun(run.folder);
  const { epochs } = run.settings;
  const losses: { epoch: number; loss: number }[] = [];
  const { history } = run;
  const figure = () => liveTrainingFigure({ epochs, losses, history });
  const live = await showLive(figure());
  const line = progressLine("Training", "steps");
  let drawing: Promise<void> | undefined;
  let last = performance.now();
  const draw = () => {
    if (drawing !== undefined || performance.now() - last < STANDING) return;
    last = performance.now();
    drawing = live.update(figure()).finally(() => drawing = undefined);
  };
  try {
    const reporter: Reporter = {
      onStep({ epoch, step, steps, loss }) {
        losses.push({ epoch: epoch - 1 + step / steps, loss });
        line.update((epoch - 1) * steps + step, epochs * steps, `epoch ${epoch}, loss ${loss.toFixed(4)}`);
        draw();
      },
    };
    return await untilInterrupted((signal) => trainRun(run, { reporter, signal }));
  } finally {
    await drawing;
    await line.finish();
    await live.finish(figure());
  }
}
