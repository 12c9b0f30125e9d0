import { PARTS } from "../dataset/split.ts";
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
  const rows = PARTS.map((part) =>
    split[part].map(({ image, patient, labels, unknown }) => [image, patient, labels, unknown])
  );
  return sha256(JSON.stringify([cache.digest, findings, rows]));
}
