import { splitCsv } from "../dataset/split_file.ts";
import { InputError } from "../support/input_error.ts";
import { sha256 } from "../support/sha256.ts";
import { dataDigest } from "../training/data_digest.ts";
import type { TrainingData } from "../training/training_data.ts";
import type { Shared } from "./reporter.ts";

/**
 * Makes sure that all workers train on the same: split, images, labels.
 *
 * @throws {InputError} Where one does not; on every worker, naming the one and what differs.
 */
export async function checkSameData(data: TrainingData, { group, nameOf }: Shared): Promise<void> {
  const card = {
    split: sha256(splitCsv(data.split)),
    images: data.cache.digest ?? null,
    labels: dataDigest(data),
  };
  const [first, ...others] = await group.together(group.exchange(card)) as [typeof card, ...(typeof card)[]];
  for (const [i, other] of others.entries()) {
    const what = (["split", "images", "labels"] as const).find((key) => other[key] !== first[key]);
    if (what === undefined) continue;
    const differs = what === "split" ? "splits its images otherwise than" : `has other ${what} than`;
    throw new InputError(`${nameOf(i + 1)} ${differs} worker 0`);
  }
}
