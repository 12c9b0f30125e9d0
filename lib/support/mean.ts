/** The mean of the numbers that are defined; NaN where none is. */
export function mean(values: Iterable<number | null | undefined>): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (value === null || value === undefined) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
