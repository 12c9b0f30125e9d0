import { descendingOrder } from "./descending_order.ts";

/** The orders of scores that stay as they are; null until somebody asks. */
const orders = new WeakMap<Float64Array, Uint32Array | null>();

/** Says that scores stay as they are, so that all figures of them share one order; returns them. */
export function settled(scores: Float64Array): Float64Array {
  if (!orders.has(scores)) orders.set(scores, null);
  return scores;
}

/**
 * The order of scores as `descendingOrder` has it, found once where they are settled. It is not to be changed.
 *
 * @throws {RangeError} When a score is NaN.
 */
export function scoreOrder(scores: ArrayLike<number>): Uint32Array {
  if (!(scores instanceof Float64Array)) return descendingOrder(scores);
  const known = orders.get(scores);
  if (known) return known;
  const order = descendingOrder(scores);
  if (known === null) orders.set(scores, order);
  return order;
}

/** Takes some of the scores, by their places in ascending order; their order is taken out of that of all, without a sort. */
export function selectScores(scores: Float64Array, places: Uint32Array): Float64Array {
  const selected = new Float64Array(places.length);
  const among = new Uint32Array(scores.length);
  for (let i = 0; i < places.length; i++) {
    selected[i] = scores[places[i]!]!;
    among[places[i]!] = i + 1;
  }
  const order = new Uint32Array(places.length);
  let rank = 0;
  for (const place of scoreOrder(scores)) if (among[place]! > 0) order[rank++] = among[place]! - 1;
  orders.set(selected, order);
  return selected;
}
