import { SUBSETS } from "../dataset/split.ts";
import { sha256 } from "../support/sha256.ts";
import type { TrainingData } from "./training_data.ts";

/**
 * A hash of what a training reads: the pixels of its images, their sets, patients and labels. It is the same for the same
 * data, wherever they lie; null where the images are in no file.
 */
export function dataDigest(
  { cache, findings, split }: Pick<TrainingData, "cache" | "findings" | "split">,
): string | null {
  if (cache.digest === undefined) return null;
  return sha256(JSON.stringify([cache.digest, findings, rowsOf(split)]));
}

/** A hash of the same but for the pixels. */
export function entriesDigest({ findings, split }: Pick<TrainingData, "findings" | "split">): string {
  return sha256(JSON.stringify([findings, rowsOf(split)]));
}

function rowsOf(split: TrainingData["split"]) {
  return SUBSETS.map((subset) =>
    split[subset].map(({ image, patient, labels, unknown }) => [image, patient, labels, unknown])
  );
}
