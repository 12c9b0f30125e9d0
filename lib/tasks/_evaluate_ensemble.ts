import type { DataSource } from "../dataset/data_set.ts";
import type { Entry } from "../dataset/entry.ts";
import { openDataSet } from "../dataset/open_data_set.ts";
import { loadRun } from "../runs/load_run.ts";
import {
  checkEnsembleOutputs,
  type EnsembleImages,
  reportEnsemble,
  type ScoredRun,
} from "../runs/report_ensemble.ts";
import { printable } from "../support/printable.ts";
import { runFolder } from "../training/run_folder.ts";
import { warn } from "./_command.ts";
import { showNotes } from "./_data_options.ts";
import { describeMetrics } from "./_describe_metrics.ts";
import { checkEvaluationName, nameOfData } from "./_evaluation_name.ts";
import { scoreDataSet, type ScoreDataSetOptions } from "./_score_data_set.ts";
import { readScoredRun } from "./_scored_run.ts";
import { describeComparison } from "./compare.ts";

/** What an ensemble is judged by, and where that is written. */
export interface EvaluateEnsembleFlags extends Omit<ScoreDataSetOptions, "signal"> {
  /** The data set; with neither folder nor table, the runs' own test set. */
  source: DataSource;
  /** The folder's name; unless given, that of the data. */
  name?: string | undefined;
  overwrite?: boolean;
}

/**
 * Judges the mean of several runs, and prints and writes what it reaches.
 *
 * @throws {InputError} Where the runs have not scored the same images, or have no finding in common.
 */
export async function evaluateEnsemble(
  runs: readonly string[],
  { source, name: given, overwrite = false, ...flags }: EvaluateEnsembleFlags,
  signal: AbortSignal,
): Promise<void> {
  const dataName = nameOfData(source);
  const name = given ?? `ensemble-${dataName ?? "test"}`;
  checkEvaluationName(name);
  await checkEnsembleOutputs(runs.map(runFolder), name, { overwrite });
  const opened = dataName === null ? null : await openDataSet(source);
  const scored: ScoredRun[] = [];
  let entries: readonly Entry[] | null = null;
  for (const dir of runs) {
    const { model, notes, ...loaded } = await loadRun(dir);
    try {
      notes.forEach(warn);
      if (opened === null) scored.push({ ...loaded, predictions: (await readScoredRun(dir)).predictions });
      else {
        using found = await scoreDataSet({ model, notes, ...loaded }, opened, { ...flags, signal });
        entries ??= found.entries;
        scored.push({ ...loaded, predictions: found.predictions });
      }
    } finally {
      model.dispose();
    }
  }
  const [{ predictions: { images, patients } }] = scored as [ScoredRun];
  const data: EnsembleImages["data"] = opened ?? {
    title: "the runs' own test set",
    hasPatients: patients.some((patient, i) => patient !== images[i]),
    notes: [],
  };
  const { dir: out, metrics, notes, ensemble } = await reportEnsemble(scored, { name, data, entries }, {
    overwrite,
  });
  console.log(describeMetrics(metrics));
  console.log();
  console.log(describeComparison(ensemble.comparison, {
    first: `the mean of ${runs.length} runs`,
    second: `${ensemble.best}, the best of them here`,
  }));
  for (const { name, meanAuc } of ensemble.members) {
    console.log(`${printable(name)}: mean AUC ${meanAuc === null ? "-" : meanAuc.toFixed(3)}`);
  }
  showNotes(notes);
  console.log(`Written to ${printable(out)}`);
}
