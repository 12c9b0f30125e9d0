import type { HistoryRow } from "../training/history.ts";
import { claimRun } from "../training/run_folder.ts";
import type { Settings } from "../training/settings.ts";
import { train, type TrainOptions, type TrainResult } from "../training/train.ts";
import { untilInterrupted } from "./until_interrupted.ts";
import { liveTrainingFigure } from "./live_training.ts";
import { progressLine } from "./progress_line.ts";
import { showLive } from "./show.ts";

/** How long in milliseconds a figure stands at least. */
const STANDING = 3000;

/** What a training in a notebook needs. */
export type TrainLiveOptions = Pick<TrainOptions, "model" | "data" | "run" | "resume">;

/**
 * Trains a model in a notebook: below the cell stand a line of progress and the curves of loss and AUC, which grow
 * while it runs. "Interrupt the kernel" ends it after the step under way (Jupyter sends SIGINT, which would end the
 * kernel otherwise); with `resume` it goes on after the last complete epoch.
 *
 * @throws {InputError} Where another process is at work on the run, and what `train` throws.
 */
export async function trainLive(settings: Settings, options: TrainLiveOptions): Promise<TrainResult> {
  using _claim = await claimRun(options.run);
  const { epochs } = settings;
  const losses: { epoch: number; loss: number }[] = [];
  let history: readonly HistoryRow[] = [];
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
    const result = await untilInterrupted((signal) =>
      train(settings, {
        ...options,
        signal,
        onStep({ epoch, step, steps, loss }) {
          losses.push({ epoch: epoch - 1 + step / steps, loss });
          line.update((epoch - 1) * steps + step, epochs * steps, `epoch ${epoch}, loss ${loss.toFixed(4)}`);
          draw();
        },
        onEpoch: (_, rows) => history = rows,
      })
    );
    history = result.history;
    return result;
  } finally {
    await drawing;
    await line.finish();
    await live.finish(figure());
  }
}
