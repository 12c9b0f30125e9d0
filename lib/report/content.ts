import type { DataSet } from "../dataset/data_set.ts";
import type { Split } from "../dataset/split.ts";
import type { Metrics } from "../evaluation/metrics.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import type { HistoryRow } from "../training/history.ts";
import type { Provenance } from "../training/provenance.ts";
import type { Selection } from "../training/select_epoch.ts";
import type { Settings } from "../training/settings.ts";
import type { Comparability } from "./comparability.ts";

/** What a report tells: a run from its data to its explanations, or predictions judged without a run. */
export interface ReportContent {
  /** The heading, such as the run's name. */
  title: string;
  /** What was done, in a sentence or two. */
  summary: string;
  /** What has to be known before anything is read, such as that numbers are small. */
  warnings: readonly string[];
  /** The figures of the test set, or of the images that were judged. */
  metrics: Metrics;
  /** The predictions that they are of, for the curves. */
  predictions: Predictions;
  /** Whether it is known which images are of one patient. */
  hasPatients: boolean;
  /** The run, where all of it is reported. */
  run?: RunResults;
  /** Beside which published results the figures stand; left out where none are shown, nor why. */
  comparability?: Comparability;
}

/** Everything of a run that its report shows. */
export interface RunResults {
  /** The run's name. */
  name: string;
  settings: Settings;
  /** Whether the images are phantoms. */
  phantom: boolean;
  /** The data set that it was trained and tested on. */
  data: Pick<DataSet, "format" | "title" | "findings" | "hasPatients" | "notes">;
  split: Split;
  history: readonly HistoryRow[];
  selection: Selection;
  metrics: Metrics;
  /** The test set's predictions. */
  test: Predictions;
  /** Heat maps over images, with captions. */
  pictures: readonly CaptionedPicture[];
  /** Where, when and with what the run was made. */
  provenance: Provenance;
}
