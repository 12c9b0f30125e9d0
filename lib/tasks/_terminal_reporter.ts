import { relative, resolve } from "node:path";
import { splitInWords } from "../dataset/make_split.ts";
import { SUBSETS } from "../dataset/split.ts";
import { countParameters } from "../model/model.ts";
import { type Reporter, type Work, WORK_UNITS } from "../runs/reporter.ts";
import type { FinishedRun } from "../runs/finished_run.ts";
import type { Run } from "../runs/run.ts";
import { givenPath } from "../support/given_path.ts";
import { printable } from "../support/printable.ts";
import { formatSeconds, type Progress, showProgress } from "../support/progress.ts";
import { devices, emulatesBfloat16, libraryVersion } from "../tensorflow/mod.ts";
import { gigabytes } from "../training/check_memory.ts";
import type { HistoryRow } from "../training/history.ts";
import { warn } from "./_command.ts";
import { between, counted, decimals, percent } from "../support/decimals.ts";
import { meanOf } from "./_describe_metrics.ts";

/** A reporter that writes to standard error; to be disposed of when the run has ended in any way. */
export interface TerminalReporter extends Reporter, Disposable {
  /** What to say should the run be stopped now. */
  standing(): string;
}

/** Tells of a run in a terminal or a log. */
export function terminalReporter(): TerminalReporter {
  const started = performance.now();
  let epochStarted = started;
  let standing = () => "Stopped before the run began; images that were decoded are kept";
  let shown: { title: string; progress: Progress } | undefined;

  function show(
    title: string,
    { done, total, unit }: { done: number; total: number; unit: string },
    note = "",
  ) {
    if (shown?.title !== title) {
      end();
      shown = { title, progress: showProgress(title, { total, unit }) };
    }
    shown.progress.update(done, note);
    if (done === total) end();
  }

  function end(): void {
    shown?.progress[Symbol.dispose]();
    shown = undefined;
  }

  return {
    standing: () => standing(),
    onProgress(work: Work, done, total) {
      if (work !== "Training") show(work, { done, total, unit: WORK_UNITS[work] });
    },
    onWarning: warn,
    onOpened(run) {
      const goOn = `Go on with: deno task train --run ${shownPath(run.folder.dir)} --resume`;
      const { settings: { epochs }, history } = run;
      standing = () =>
        history.length === 0
          ? `Stopped in the first epoch, of which nothing is kept. ${goOn}`
          : `Stopped after epoch ${history.length} of ${epochs}. ${goOn}`;
      for (const note of run.data.notes) console.error(note);
      console.error(describe(run));
      epochStarted = performance.now();
    },
    onStep: ({ epoch, epochs, step, steps, loss }) =>
      show(
        `Epoch ${epoch} of ${epochs}`,
        { done: step, total: steps, unit: "steps" },
        `loss ${loss.toFixed(4)}`,
      ),
    onEpoch(row) {
      const now = performance.now();
      console.error(`${describeEpoch(row)}  ${formatSeconds((now - epochStarted) / 1000)}`);
      epochStarted = now;
    },
    onTrained({ folder }) {
      standing = () =>
        `Stopped before the report was written. Go on with: deno task train --run ${
          shownPath(folder.dir)
        } --resume`;
    },
    onFinished(finished) {
      console.error(summary(finished));
      const seconds = (performance.now() - started) / 1000;
      console.error(`Done in ${formatSeconds(seconds)}: ${shownPath(finished.folder.report)}`);
    },
    [Symbol.dispose]: end,
  };
}

const NO_BFLOAT16 = "warning: --precision bfloat16 changes nothing on a GPU: it is computed as float32";

const XLA_HINT =
  "note: --xla compiles for the GPU: a minute or so at the start, then epochs of two to three times the speed";

const ALONE = "warning: syncBatchNorm changes nothing with one worker, whose images are all there are";

const EMULATED_BFLOAT16 = "warning: bfloat16 is slower than float32 here: this processor only emulates it " +
  "(it has neither avx512_bf16 nor amx_bf16)";

function describe({ settings, data: { split }, model, memory, weightNotes }: Run): string {
  const { network, imageSize, precision, xla, syncBatchNorm, workers } = settings;
  const gpus = devices().filter(({ type }) => type === "GPU").length;
  const device = gpus > 0
    ? `${gpus} GPU${gpus > 1 ? "s" : ""}`
    : `${navigator.hardwareConcurrency} CPU cores`;
  const subsets = SUBSETS.map((subset) => `${counted(split[subset].length)} ${subset}`).join(
    ", ",
  );
  const parameters = counted(countParameters(model));
  return [
    `${network}, ${parameters} parameters, ${imageSize}x${imageSize}, about ${
      gigabytes(memory.about)
    } of memory`,
    ...(weightNotes.length > 0 ? [`Weights from ${settings.weights}: ${weightNotes.join("; ")}`] : []),
    `Images: ${subsets} (split ${splitInWords(settings)})`,
    `TensorFlow ${libraryVersion()} on ${device}, ${precision}`,
    ...(precision === "bfloat16" && emulatesBfloat16() ? [EMULATED_BFLOAT16] : []),
    ...(precision === "bfloat16" && gpus > 0 ? [NO_BFLOAT16] : []),
    ...(syncBatchNorm && workers === 1 ? [ALONE] : []),
    ...(gpus > 0 && !xla ? [XLA_HINT] : []),
  ].join("\n");
}

function describeEpoch(
  { epoch, trainingLoss, validationLoss, meanAuc, selectionMetric }: HistoryRow,
): string {
  return `Epoch ${epoch}: loss ${trainingLoss.toFixed(4)}, validation loss ${validationLoss.toFixed(4)}, ` +
    `mean AUC ${decimals(meanAuc)}, selection metric ${decimals(selectionMetric)}`;
}

function summary({ metrics, selection: { epoch }, explanation: { boxScores } }: FinishedRun): string {
  const { mean, meanInterval, min, max, defined } = metrics.summary;
  const interval = meanInterval ? between(meanInterval) : "no interval";
  const few = metrics.labels.filter(({ note }) => note !== null);
  const { peak, random, maps } = boxScores?.all ?? {};
  return [
    `Test with the weights of epoch ${epoch}: mean AUC ${decimals(mean)} (${interval}), ` +
    `${meanOf(defined, metrics.labels.length)}, by label ${decimals(min)} to ${decimals(max)}`,
    ...(few.length > 0
      ? [`Small numbers: ${few.map(({ name, note }) => `${name}: ${note}`).join("; ")}`]
      : []),
    ...(metrics.unweighted
      ? [
        `Each test image with no finding counts for those that were left out; unweighted, the mean AUC is ${
          decimals(metrics.unweighted.summary.mean)
        }`,
      ]
      : []),
    ...(peak !== undefined
      ? [
        `Grad-CAM's peak lies in the finding's bounding box in ${
          percent(peak)
        } of ${maps} maps, a random point in ${percent(random!)}`,
      ]
      : []),
  ].join("\n");
}

/** A path as the user can type it. */
export function shownPath(path: string): string {
  const short = relative(givenPath("."), resolve(path));
  return printable(short.startsWith("..") ? resolve(path) : short);
}
