import type { Faithfulness } from "../evaluation/faithfulness.ts";
import type { Metrics } from "../evaluation/metrics.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import type { Shortcuts } from "../evaluation/shortcuts.ts";
import type { BoxScores } from "../explanation/score_boxes.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import type { RunFolder } from "../training/run_folder.ts";
import type { Selection } from "../training/select_epoch.ts";

/** A run's predictions for the images that it was not trained on. */
export interface RunPredictions {
  /** Those of the validation set. */
  validation: Predictions;
  /** Those of the test set. */
  test: Predictions;
}

/** How a run's network is explained. */
export interface RunExplanation {
  /** How well Grad-CAM's maps find the bounding boxes of the test set; null where it has none. */
  boxScores: BoxScores | null;
  /** Whether heat maps are faithful to the network; null where that was not checked. */
  faithfulness: Faithfulness | null;
  /** What scores rest on; null where that was not checked. */
  shortcuts: Shortcuts | null;
  /** Heat maps over images, one for each finding that a test image has. */
  pictures: CaptionedPicture[];
}

/** What the steps after training have found. */
export interface RunFindings {
  /** The chosen epoch. */
  selection: Selection;
  /** What the network says of images. */
  predictions: RunPredictions;
  /** Where the network looked. */
  explanation: RunExplanation;
}

/** A run that has come to its end. */
export interface FinishedRun extends RunFindings {
  /** Where the run's files lie. */
  folder: RunFolder;
  /** The test metrics. */
  metrics: Metrics;
}
