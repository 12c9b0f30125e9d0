import { type Predictions, writePredictions } from "../evaluation/predictions.ts";
import { scoreImages, scorer } from "../training/score.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/** A run's predictions for the images that it was not trained on. */
export interface RunPredictions {
  validation: Predictions;
  test: Predictions;
}

/** Scores the validation set and the test set with the network as it is, and writes the two `predictions.csv`. */
export async function testRun(run: Run, context: RunContext = {}): Promise<RunPredictions> {
  const { folder, settings, model, data: { cache, findings, split } } = run;
  const { onProgress } = progressOf(context, "Testing");
  const score = scorer(model, settings);
  const total = split.validation.length + split.test.length;
  let before = 0;
  const scorePart = async (part: "validation" | "test") => {
    const { predictions } = await scoreImages(score, { cache, findings, entries: split[part] }, {
      batchSize: settings.batchSize,
      onProgress: (done) => onProgress(before + done, total),
      ...(context.signal ? { signal: context.signal } : {}),
    });
    before += split[part].length;
    await writePredictions(folder.predictions(part), predictions);
    return predictions;
  };
  try {
    return { validation: await scorePart("validation"), test: await scorePart("test") };
  } finally {
    score.dispose();
  }
}
