import { type Scored, scoredFrom, scoreImages, type ScoreOptions, type Scorer } from "./score.ts";
import type { WorkerGroup } from "./worker_group.ts";

/**
 * Scores the images of some entries as `scoreImages` does, each worker some batches of them; every worker gets all
 * scores, the same bits as one process that scores all with the same batch size.
 */
export async function scoreShared(
  score: Scorer,
  data: Parameters<typeof scoreImages>[1],
  { group, batchSize = 32, ...options }: ScoreOptions & { group?: WorkerGroup | undefined },
): Promise<Scored> {
  if (!group) return await scoreImages(score, data, { batchSize, ...options });
  const { entries, findings } = data;
  const batches = Math.ceil(entries.length / batchSize);
  const startOf = (worker: number) => Math.floor(batches * worker / group.count) * batchSize;
  const start = startOf(group.index);
  const own = await scoreImages(score, {
    ...data,
    entries: entries.slice(start, startOf(group.index + 1)),
  }, { batchSize, ...options });
  const padded = new Float32Array(entries.length * findings.length);
  padded.set(own.logits, start * findings.length);
  return scoredFrom(await group.sum(padded), data);
}
