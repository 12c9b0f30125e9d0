import { basename, join } from "node:path";
import { evaluate, type Metrics, writeMetrics } from "../evaluation/metrics.ts";
import type { Example } from "../explanation/examples.ts";
import { gallery } from "../explanation/gallery.ts";
import { scoreBoxes } from "../explanation/score_boxes.ts";
import { writeModelCard } from "../report/model_card.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { overlay } from "../plots/pictures/overlay.ts";
import { writeReport } from "../report/report.ts";
import { runReport } from "../report/run_report.ts";
import { readHistory } from "../training/history.ts";
import type { Settings } from "../training/settings.ts";
import { testRun, type TestRunOptions } from "../runs/score_run.ts";
import { writeAtomically } from "../support/write_atomically.ts";
import { between, decimals } from "./_describe_metrics.ts";
import { showProgress } from "../support/progress.ts";

/** What finishing a run needs. */
export interface FinishRunOptions extends Omit<TestRunOptions, "onProgress"> {
  /** Whether the images are phantoms. */
  phantom: boolean;
}

/** Pixels a side of the pictures of heat maps. */
const PICTURE_SIZE = 256;

/**
 * Does what comes after the last epoch: chooses the epoch, tests it once, explains it, and writes the report and the
 * model card. Its files replace what an earlier attempt left.
 */
export async function finishRun(settings: Settings, options: FinishRunOptions): Promise<Metrics> {
  const { model, data: { cache, findings, split, boxes }, run, phantom, signal } = options;
  const { selection, test, options: evaluateOptions } = await withProgress(
    "Testing",
    "images",
    (onProgress) => testRun(settings, { ...options, onProgress }),
  );
  const explained = { batchSize: settings.batchSize, seed: settings.seed, ...(signal ? { signal } : {}) };
  const found = await withProgress(
    "Grad-CAM",
    "maps",
    (onProgress) =>
      scoreBoxes(model, { cache, findings, entries: split.test, boxes }, { ...explained, onProgress }),
  );
  const examples = await gallery(model, { cache, predictions: test, boxes }, explained);
  const pictures = await Promise.all(examples.map(drawExample));
  for (const [i, { label }] of examples.entries()) {
    await writeAtomically(join(run.gradCam, `${label}.png`), pictures[i]!.png);
  }
  const metrics = evaluate(test, {
    ...evaluateOptions,
    ...(found ? { localisation: found.localisation } : {}),
  });
  await writeMetrics(run.metrics, metrics);
  const results = {
    name: basename(run.dir),
    settings,
    phantom,
    split,
    history: await readHistory(run.history, findings),
    selection,
    metrics,
    test,
    pictures,
  };
  await writeModelCard(run.modelCard, results);
  await writeReport(run.report, runReport(results));
  console.error(summary(metrics, selection.epoch));
  if (found) {
    const { peak, random } = found.all;
    console.error(
      `Grad-CAM's peak lies in the finding's box in ${
        percent(peak)
      } of ${found.all.maps} maps, a random point in ` +
        `${percent(random)}`,
    );
  }
  return metrics;
}

async function drawExample(example: Example): Promise<CaptionedPicture> {
  const { label, score, pixels, map, peak, boxes } = example;
  const png = await overlay(pixels, map.values, { boxes, size: PICTURE_SIZE, ...(peak ? { peak } : {}) });
  return { png, caption: `${label.replaceAll("_", " ")}\nscore ${score.toFixed(3)}` };
}

async function withProgress<T>(
  title: string,
  unit: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    return await work((done, total) => {
      progress ??= showProgress(title, { total, unit });
      progress.update(done);
    });
  } finally {
    progress?.[Symbol.dispose]();
  }
}

function summary({ summary: { mean, meanInterval, min, max } }: Metrics, epoch: number): string {
  const interval = meanInterval ? ` (${between(meanInterval)})` : "";
  return `Test with the weights of epoch ${epoch}: mean AUC ${decimals(mean)}${interval}, ` +
    `by label ${decimals(min)} to ${decimals(max)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
