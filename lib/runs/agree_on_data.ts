import { cacheDigest } from "../dataset/cache_file.ts";
import { splitCsv } from "../dataset/split_file.ts";
import { InputError } from "../support/input_error.ts";
import { sha256 } from "../support/sha256.ts";
import { entriesDigest } from "../training/data_digest.ts";
import type { TrainingData } from "../training/training_data.ts";
import { shardOf } from "../training/worker_group.ts";
import type { Shared } from "./reporter.ts";

/**
 * Makes sure that all workers train on the same: split, labels, and the images of the validation and test sets, which each
 * has; and finds the hash of all images together, of whose training images each has only its shard.
 *
 * @returns The data, whose cache says the hash of all images.
 * @throws {InputError} Where a worker has others; on every worker, naming the one and what differs.
 */
export async function agreeOnData(data: TrainingData, { group, nameOf }: Shared): Promise<TrainingData> {
  const { cache, split } = data;
  const checksums = cache.checksums ?? new Uint32Array(cache.names.length);
  const own = shardOf(split.training, group).length;
  const scored = checksums.slice(own);
  const card = {
    split: sha256(splitCsv(split)),
    images: cacheDigest(cache.names.slice(own), scored),
    labels: entriesDigest(data),
  };
  type Sent = typeof card & { training: string };
  const sent: Sent = { ...card, training: new Uint8Array(checksums.slice(0, own).buffer).toBase64() };
  const cards = await group.together(group.exchange(sent));
  const [first, ...others] = cards as [Sent, ...Sent[]];
  for (const [i, other] of others.entries()) {
    const what = (["split", "images", "labels"] as const).find((key) => other[key] !== first[key]);
    if (what === undefined) continue;
    const differs = what === "split" ? "splits its images otherwise than" : `has other ${what} than`;
    throw new InputError(`${nameOf(i + 1)} ${differs} worker 0`);
  }
  if (cache.digest === undefined) return data;
  const shards = cards.map(({ training }) => new Uint32Array(Uint8Array.fromBase64(training).buffer));
  const all = new Uint32Array(split.training.length + scored.length);
  for (let i = 0; i < split.training.length; i++) {
    all[i] = shards[i % group.count]![Math.floor(i / group.count)]!;
  }
  all.set(scored, split.training.length);
  const names = [...split.training.map(({ image }) => image), ...cache.names.slice(own)];
  return { ...data, cache: { ...cache, digest: cacheDigest(names, all) } };
}
