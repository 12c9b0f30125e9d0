import { descendingOrder } from "./descending_order.ts";

/** Scores from the highest down; equal ones in their own order. Not to be changed. */
export interface RankedScores {
  /** [n] The indices of the scores. */
  order: Uint32Array;
  /** [n] The scores in that order. */
  sorted: Float64Array;
}

/** Where the order of scores is kept that several arrays may have in common. */
export interface OrderSlot {
  /** The order; null until somebody asks. */
  order: Uint32Array | null;
}

/** What is known of scores that stay as they are. */
interface Known {
  slot: OrderSlot;
  ranked: RankedScores | null;
}

const settledScores = new WeakMap<Float64Array, Known>();

/**
 * Says that scores stay as they are, so that all figures of them share one order; returns them.
 *
 * @param slot Where the order is kept; arrays of the same numbers may share it.
 */
export function settled(scores: Float64Array, slot: OrderSlot = { order: null }): Float64Array {
  if (!settledScores.has(scores)) settledScores.set(scores, { slot, ranked: null });
  return scores;
}

/**
 * Scores in the order of `descendingOrder`, found once where they are settled.
 *
 * @throws {RangeError} When a score is NaN.
 */
export function rankedScores(scores: ArrayLike<number>): RankedScores {
  const known = scores instanceof Float64Array ? settledScores.get(scores) : undefined;
  if (known === undefined) {
    const order = descendingOrder(scores);
    return { order, sorted: inOrder(scores, order)! };
  }
  if (known.ranked === null) {
    const { slot } = known;
    // The numbers that the slot's order is of may have been changed since.
    const sorted = slot.order && inOrder(scores, slot.order);
    const order = sorted ? slot.order! : descendingOrder(scores);
    slot.order = order;
    known.ranked = { order, sorted: sorted ?? inOrder(scores, order)! };
  }
  return known.ranked;
}

/** The scores by an order; null where that is not theirs. */
function inOrder(scores: ArrayLike<number>, order: Uint32Array): Float64Array | null {
  if (order.length !== scores.length) return null;
  const sorted = new Float64Array(order.length);
  let [last, lastPlace] = [Infinity, -1];
  for (let rank = 0; rank < order.length; rank++) {
    const place = order[rank]!;
    const score = scores[place]!;
    if (!(score < last || score === last && place > lastPlace)) return null;
    sorted[rank] = score;
    [last, lastPlace] = [score, place];
  }
  return sorted;
}

/** Takes some of the scores, by their places in ascending order; their order is taken out of that of all, without a sort. */
export function selectScores(scores: Float64Array, places: Uint32Array): Float64Array {
  const selected = new Float64Array(places.length);
  const among = new Uint32Array(scores.length);
  for (let i = 0; i < places.length; i++) {
    selected[i] = scores[places[i]!]!;
    among[places[i]!] = i + 1;
  }
  const all = rankedScores(scores);
  const ranked = { order: new Uint32Array(places.length), sorted: new Float64Array(places.length) };
  for (let rank = 0, own = 0; rank < all.order.length; rank++) {
    const place = among[all.order[rank]!]!;
    if (place === 0) continue;
    ranked.order[own] = place - 1;
    ranked.sorted[own++] = all.sorted[rank]!;
  }
  settledScores.set(selected, { slot: { order: ranked.order }, ranked });
  return selected;
}
