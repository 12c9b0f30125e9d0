import type { Box } from "../dataset/box.ts";
import { COVERED_REGIONS, coveredCache, coveredPixels } from "../dataset/covered_region.ts";
import type { Entry } from "../dataset/entry.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import type { Faithfulness } from "../evaluation/faithfulness.ts";
import { type Predictions, selectImages } from "../evaluation/predictions.ts";
import { scoreShortcuts, type Shortcuts } from "../evaluation/shortcuts.ts";
import { checkMaps, imagesToCheck } from "../explanation/check_maps.ts";
import type { Model } from "../model/model.ts";
import { random } from "../support/random.ts";
import { scoreImages } from "../training/score.ts";
import type { Settings } from "../training/settings.ts";
import { type CopySettings, testScorer } from "../training/test_time_copies.ts";

/** What a network is checked by. */
export interface CheckedData {
  /** The images. */
  cache: ImageCache;
  /** The findings, in the order of the network's outputs. */
  findings: readonly string[];
  /** What is known of the images, in the order of the predictions. */
  entries: readonly Entry[];
  /** What the network says of them. */
  predictions: Predictions;
}

/** How a network is checked. */
export interface CheckOptions {
  /** The run's settings. */
  settings: Pick<Settings, "batchSize" | "precision" | "xla"> & CopySettings;
  /** How many maps or images at most. */
  most: number;
  /** Called as the work goes on. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the work with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Checks whether heat maps of some images are faithful to the network. Null where none is wanted or no image has a finding.
 *
 * @param data `trainingBoxes` are the bounding boxes of the images that it was trained on.
 */
export function checkHeatMaps(
  model: Model,
  { predictions, ...data }: CheckedData & { trainingBoxes: readonly Box[] },
  { settings: { batchSize, seed }, most, ...options }: CheckOptions,
): Promise<Faithfulness | null> {
  return checkMaps(model, { ...data, ...imagesToCheck(predictions, { most }) }, {
    batchSize,
    seed,
    ...options,
  });
}

/** Scores some of the images with one region after the other covered. Null where none is wanted. */
export async function checkShortcuts(
  model: Model,
  { cache, findings, entries, predictions }: CheckedData,
  { settings, most, onProgress, signal }: CheckOptions,
): Promise<Shortcuts | null> {
  const { seed, batchSize } = settings;
  const places = random(seed, "shortcuts").shuffle([...entries.keys()]).slice(0, most).sort((a, b) => a - b);
  if (places.length === 0) return null;
  const whole = selectImages(predictions, places);
  const some = places.map((place) => entries[place]!);
  const total = COVERED_REGIONS.length * some.length;
  const score = testScorer(model, settings);
  try {
    const covered = [];
    for (const [i, region] of COVERED_REGIONS.entries()) {
      const pixels = coveredPixels(region, cache);
      const { predictions: { scores } } = await scoreImages(score, {
        cache: coveredCache(cache, pixels),
        entries: some,
        findings,
      }, { batchSize, signal, onProgress: (done) => onProgress?.(i * some.length + done, total) });
      covered.push({
        region,
        covered: pixels.reduce((sum, value) => sum + value, 0) / pixels.length,
        predictions: { ...whole, scores },
      });
    }
    return scoreShortcuts(whole, covered);
  } finally {
    score.dispose();
  }
}
