import { basename } from "node:path";
import { LABELS } from "../dataset/labels.ts";
import { evaluate, type Metrics, writeMetrics } from "../evaluation/metrics.ts";
import { writeReport } from "../plots/report.ts";
import { runReport } from "../plots/run_report.ts";
import { readHistory } from "../training/history.ts";
import type { Settings } from "../training/settings.ts";
import { testRun, type TestRunOptions } from "../training/test_run.ts";
import { between, decimals } from "./_describe_metrics.ts";
import { showProgress } from "./_progress.ts";

/** What finishing a run needs. */
export interface FinishRunOptions extends Omit<TestRunOptions, "onProgress"> {
  /** Whether the images are phantoms. */
  phantom: boolean;
}

/**
 * Does what comes after the last epoch: chooses the epoch, tests it once, explains it, and writes the report. Its
 * files replace what an earlier attempt left.
 */
export async function finishRun(settings: Settings, options: FinishRunOptions): Promise<Metrics> {
  const { data: { split }, run, phantom } = options;
  using progress = showProgress("Testing", {
    total: split.validation.length + split.test.length,
    unit: "images",
  });
  const { selection, test, options: evaluateOptions } = await testRun(settings, {
    ...options,
    onProgress: (done) => progress.update(done),
  });
  const metrics = evaluate(test, evaluateOptions);
  await writeMetrics(run.metrics, metrics);
  const content = runReport({
    name: basename(run.dir),
    settings,
    phantom,
    split,
    history: await readHistory(run.history, LABELS),
    selection,
    metrics,
    test,
    pictures: [],
  });
  await writeReport(run.report, content);
  console.error(summary(metrics, selection.epoch));
  return metrics;
}

function summary({ summary: { mean, meanInterval, min, max } }: Metrics, epoch: number): string {
  const interval = meanInterval ? ` (${between(meanInterval)})` : "";
  return `Test with the weights of epoch ${epoch}: mean AUC ${decimals(mean)}${interval}, ` +
    `by label ${decimals(min)} to ${decimals(max)}`;
}
