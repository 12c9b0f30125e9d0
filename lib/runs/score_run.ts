import { labelWeights } from "../dataset/label_weights.ts";
import type { EvaluateOptions } from "../evaluation/metrics.ts";
import { type Predictions, writePredictions } from "../evaluation/predictions.ts";
import type { Model } from "../model/model.ts";
import { readCheckpoint } from "../training/checkpoint.ts";
import { readHistory } from "../training/history.ts";
import type { RunFolder } from "../training/run_folder.ts";
import { scoreImages, scorer } from "../training/score.ts";
import { selectEpoch, type Selection, writeSelection } from "../training/select_epoch.ts";
import type { Settings } from "../training/settings.ts";
import type { TrainingData } from "../training/training_data.ts";

/** What a test of a run needs, and whom it tells. */
export interface TestRunOptions {
  /** The run's network; it is given the chosen weights. */
  model: Model;
  data: TrainingData;
  run: RunFolder;
  /** Called after each batch that is scored. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the scoring. */
  signal?: AbortSignal;
}

/** A run's test: the chosen epoch, its scores, and what `evaluate` is to be given beside those of the test part. */
export interface TestedRun {
  selection: Selection;
  test: Predictions;
  options: EvaluateOptions & { validation: Predictions };
}

/**
 * Chooses a run's epoch and scores the validation and the test part with its weights: `selection.json` and the two
 * `predictions.csv`.
 */
export async function testRun(settings: Settings, options: TestRunOptions): Promise<TestedRun> {
  const { model, data: { cache, findings, split }, run, onProgress, signal } = options;
  const selection = selectEpoch(await readHistory(run.history, findings));
  await writeSelection(run.selection, selection);
  await readCheckpoint(run.checkpoint(selection.epoch), model, findings);
  const score = scorer(model, settings);
  const total = split.validation.length + split.test.length;
  let before = 0;
  try {
    const scorePart = async (part: "validation" | "test") => {
      const { predictions } = await scoreImages(score, { cache, findings, entries: split[part] }, {
        batchSize: settings.batchSize,
        onProgress: (done) => onProgress?.(before + done, total),
        ...(signal ? { signal } : {}),
      });
      before += split[part].length;
      await writePredictions(run.predictions(part), predictions);
      return predictions;
    };
    const validation = await scorePart("validation");
    const test = await scorePart("test");
    return { selection, test, options: evaluateOptions(settings, { validation, data: options.data }) };
  } finally {
    score.dispose();
  }
}

function evaluateOptions(
  { loss, seed }: Settings,
  { validation, data: { findings, split } }: { validation: Predictions; data: TrainingData },
): TestedRun["options"] {
  const { positive, negative } = labelWeights(split.training, findings);
  return {
    validation,
    entries: split.test,
    training: split.training,
    seed,
    ...(loss === "weighted"
      ? { lossWeights: findings.map((_, i) => ({ positive: positive[i]!, negative: negative[i]! })) }
      : {}),
  };
}
