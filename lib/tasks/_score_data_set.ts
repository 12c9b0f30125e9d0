import { alignFindings } from "../dataset/align_findings.ts";
import type { DataSet } from "../dataset/data_set.ts";
import type { Entry } from "../dataset/entry.ts";
import { type ImageCache, openImageCache } from "../dataset/image_cache.ts";
import { entriesWithImage } from "../dataset/image_folder.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import { openvinoScorer } from "../export/openvino_scorer.ts";
import { scoringMemory } from "../model/memory.ts";
import { openvinoVersion } from "../openvino/library.ts";
import type { LoadedRun } from "../runs/load_run.ts";
import { withProgress } from "../support/progress.ts";
import { checkMemory } from "../training/check_memory.ts";
import { scoreImages } from "../training/score.ts";
import { testScorer } from "../training/test_time_copies.ts";
import { showNotes } from "./_data_options.ts";
import { warnOfImages } from "./_warn_of_images.ts";

/** What computes scores. */
export type Engine = "tensorflow" | "openvino";

/** How a data set is scored. */
export interface ScoreDataSetOptions {
  /** Names of its findings that are to be taken for the run's. */
  map?: ReadonlyMap<string, string>;
  /** Whether rows whose image is missing are left out. Default: false. */
  skipMissing?: boolean;
  /** Whether all images are compared with what was decoded of them before. Default: false. */
  checkImages?: boolean;
  /** What computes the scores. Default: `tensorflow`. */
  engine?: Engine;
  /** Ends the work. */
  signal: AbortSignal;
}

/** A data set that a run's network has scored; disposing of it closes the cache of its images. */
export interface ScoredDataSet extends Disposable {
  /** The data set, with the run's findings. */
  dataSet: DataSet;
  cache: ImageCache;
  /** The images' metadata, in the order of the predictions. */
  entries: readonly Entry[];
  predictions: Predictions;
  /** What computed the scores, with its version; null for TensorFlow. */
  engine: string | null;
}

/** Scores all images of a data set with a run's network, and shows on the terminal how that goes on and what is odd. */
export async function scoreDataSet(
  { run, settings, findings, model, imported }: LoadedRun,
  opened: DataSet,
  { map, skipMissing = false, checkImages: checkAll, engine = "tensorflow", signal }: ScoreDataSetOptions,
): Promise<ScoredDataSet> {
  checkMemory(scoringMemory(model.network, settings), settings);
  const other = engine === "openvino" ? openvinoScorer(model, settings) : null;
  const { dataSet } = alignFindings(opened, findings, map);
  showNotes(dataSet.notes);
  const folder = {
    ...await dataSet.findImages(),
    ...(imported ? { preparation: imported.preparation } : {}),
  };
  const entries = entriesWithImage(dataSet.entries, folder, { table: dataSet.table, skipMissing });
  const names = entries.map(({ image }) => image);
  const cache = await withProgress(
    "Decoding images",
    "images",
    (onProgress) => openImageCache(folder, names, { size: settings.imageSize, checkAll, onProgress, signal }),
  );
  const close = () => cache[Symbol.dispose]();
  try {
    await warnOfImages(run, { dir: folder.dir, cache, entries });
    const { batchSize } = settings;
    const score = testScorer(model, settings, other ?? undefined);
    const { predictions } = await withProgress(
      "Scoring",
      "images",
      (onProgress) => scoreImages(score, { cache, entries, findings }, { batchSize, onProgress, signal }),
    ).finally(() => score.dispose());
    const computed = other === null ? null : `OpenVINO ${openvinoVersion()}`;
    return { dataSet, cache, entries, predictions, engine: computed, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}
