import { basename } from "node:path";
import { labelWeights } from "../dataset/label_weights.ts";
import { keptNegatives } from "../dataset/sampling_weights.ts";
import type { Entry } from "../dataset/entry.ts";
import { evaluate, type EvaluateOptions, metricsJson } from "../evaluation/metrics.ts";
import { isPhantomFolder } from "../phantom/phantom_folder.ts";
import { checklist } from "../report/checklist.ts";
import { dataCard } from "../report/data_card.ts";
import { modelCard } from "../report/model_card.ts";
import { reportHtml } from "../report/report.ts";
import { runReport } from "../report/run_report.ts";
import { writeRunFiles } from "../training/run_folder.ts";
import type { FinishedRun, RunFindings, RunPredictions } from "./finished_run.ts";
import { endSession } from "./provenance.ts";
import type { RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/** Evaluates a tested and explained run and writes `metrics.json`, the cards, the checklists and the report. */
export async function reportRun(
  run: Run,
  found: RunFindings,
  { reporter }: RunContext = {},
): Promise<FinishedRun> {
  const { folder, settings, dataPath, data, history } = run;
  const { selection, predictions, explanation: { boxScores, pictures, faithfulness, shortcuts } } = found;
  const metrics = evaluate(predictions.test, {
    ...evaluateOptions(run, predictions),
    ...(boxScores ? { localisation: boxScores.localisation } : {}),
    faithfulness,
    shortcuts,
  });
  const results = {
    name: basename(folder.dir),
    settings,
    phantom: isPhantomFolder(dataPath),
    data,
    split: data.split,
    history,
    selection,
    metrics,
    test: predictions.test,
    pictures,
    provenance: await endSession(run),
  };
  await writeRunFiles(folder, {
    [folder.metrics]: metricsJson(metrics),
    [folder.modelCard]: modelCard(results),
    [folder.dataCard]: dataCard(results),
    [folder.checklist]: checklist(results),
    [folder.report]: await reportHtml(runReport(results)),
  }, run);
  const finished = { ...found, folder, metrics };
  reporter?.onFinished?.(finished);
  return finished;
}

/** What says how a run's network was trained, and which images it is judged by. */
export interface JudgedRun {
  /** Its settings. */
  settings: Run["settings"];
  /** Its findings and sets. */
  data: { findings: readonly string[]; split: { training: readonly Entry[]; test: readonly Entry[] } };
}

/** What `evaluate` is to be given beside a run's predictions of its test set, or of other images. */
export function evaluateOptions(
  { settings: { loss, seed, keepNormal }, data: { findings, split } }: JudgedRun,
  { validation }: Pick<RunPredictions, "validation">,
): EvaluateOptions {
  const { positive, negative } = labelWeights(split.training, findings);
  return {
    validation,
    entries: split.test,
    training: split.training,
    seed,
    ...(loss === "weighted"
      ? {
        lossWeights: findings.map((_, i) => ({ positive: positive[i]!, negative: negative[i]! })),
        keptNegatives: keptNegatives(split.training, { findings, keepNormal }),
      }
      : {}),
  };
}
