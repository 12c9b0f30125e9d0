import { samplingWeights } from "../dataset/sampling_weights.ts";
import { predictionsCsv } from "../evaluation/predictions_csv.ts";
import { writeRunFiles } from "../training/run_folder.ts";
import { scoreShared } from "../training/score_shared.ts";
import { testScorer } from "../training/test_time_copies.ts";
import { shardBatchSize } from "../training/worker_group.ts";
import type { RunPredictions } from "./finished_run.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/** Scores the validation set and the test set with the network as it is, and writes the two `predictions.csv`. */
export async function scoreRun(run: Run, context: RunContext = {}): Promise<RunPredictions> {
  const { folder, settings, model, data: { cache, findings, split } } = run;
  const { onProgress } = progressOf(context, "Testing");
  const score = testScorer(model, settings);
  const total = split.validation.length + split.test.length;
  let before = 0;
  const scoreSet = async (subset: "validation" | "test") => {
    const { predictions } = await scoreShared(score, { cache, findings, entries: split[subset] }, {
      batchSize: shardBatchSize(settings),
      group: context.group,
      onProgress: (done) => onProgress(before + done, total),
      ...(context.signal ? { signal: context.signal } : {}),
    });
    before += split[subset].length;
    const weights = samplingWeights(split[subset], settings);
    return weights ? { ...predictions, weights } : predictions;
  };
  try {
    const predictions = { validation: await scoreSet("validation"), test: await scoreSet("test") };
    await writeRunFiles(folder, {
      [folder.predictions("validation")]: predictionsCsv(predictions.validation),
      [folder.predictions("test")]: predictionsCsv(predictions.test),
    }, run);
    return predictions;
  } finally {
    score.dispose();
  }
}
