import { descendingOrder } from "./threshold_counts.ts";

/**
 * The ranks of values from the lowest, 1; equal ones share the mean of their ranks.
 *
 * @throws {RangeError} When a value is NaN.
 */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = descendingOrder(values).reverse();
  const ranks = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let place = start; place < end; place++) ranks[order[place]!] = (start + end + 1) / 2;
  }
  return ranks;
}
