import { descendingOrder } from "./descending_order.ts";
import type { Weighted } from "./weighted_scores.ts";

/** A rising function of the score, given at its corners and straight between them. */
export interface Isotonic {
  /** The scores of the corners, rising. */
  scores: number[];
  /** The probability at each corner, rising. */
  probabilities: number[];
}

/**
 * Fits the rising function of the score that is nearest to the truth in squares, by pooling adjacent violators
 * (Ayer and others, 1955; Zadrozny and Elkan, 2002), on the validation set. As scikit-learn's, equal scores are one
 * point, and between steps it runs straight. Null where there are no positives or no negatives.
 *
 * @param truth 1 where an image has the finding, else 0.
 * @param scores As many scores.
 */
export function fitIsotonic(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { weights }: Weighted = {},
): Isotonic | null {
  const pools: { from: number; to: number; positives: number; images: number }[] = [];
  for (const image of descendingOrder(scores).reverse()) {
    const score = scores[image]!;
    const weight = weights?.[image] ?? 1;
    const last = pools.at(-1);
    if (last?.to === score && last.from === score) {
      last.positives += weight * truth[image]!;
      last.images += weight;
    } else {
      pools.push({ from: score, to: score, positives: weight * truth[image]!, images: weight });
    }
  }
  const kept: typeof pools = [];
  for (const pool of pools) {
    let merged = pool;
    for (let last = kept.at(-1); last && mean(last) >= mean(merged); last = kept.at(-1)) {
      kept.pop();
      merged = {
        from: last.from,
        to: merged.to,
        positives: last.positives + merged.positives,
        images: last.images + merged.images,
      };
    }
    kept.push(merged);
  }
  const all = kept.reduce((sum, { positives }) => sum + positives, 0);
  if (all === 0 || all === kept.reduce((sum, { images }) => sum + images, 0)) return null;
  const corners = kept.flatMap((pool) =>
    (pool.from === pool.to ? [pool.from] : [pool.from, pool.to]).map((score) => ({
      score,
      value: mean(pool),
    }))
  );
  return {
    scores: corners.map(({ score }) => score),
    probabilities: corners.map(({ value }) => value),
  };
}

/** The probability that an isotonic function makes of a score; beyond its ends it is constant. */
export function applyIsotonic({ scores, probabilities }: Isotonic, score: number): number {
  let low = 0;
  let high = scores.length - 1;
  if (score <= scores[low]!) return probabilities[low]!;
  if (score >= scores[high]!) return probabilities[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scores[middle]! <= score) low = middle;
    else high = middle;
  }
  const share = (score - scores[low]!) / (scores[high]! - scores[low]!);
  return probabilities[low]! + share * (probabilities[high]! - probabilities[low]!);
}

function mean({ positives, images }: { positives: number; images: number }): number {
  return positives / images;
}
