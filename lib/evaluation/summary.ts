/** Figures over those labels of which a metric is defined; each null where it is defined of none. */
export interface Summary {
  /** How many labels the metric is defined of. */
  defined: number;
  /** The mean, each label weighing the same. */
  mean: number | null;
  /** The median. */
  median: number | null;
  /** The lowest. */
  min: number | null;
  /** The highest. */
  max: number | null;
}

/** Sums up a metric over labels; null or NaN marks a label of which it is undefined. */
export function summarise(values: Iterable<number | null>): Summary {
  const sorted = [...values].filter((value) => value !== null && !Number.isNaN(value)).sort((a, b) =>
    a! - b!
  );
  const defined = sorted.length;
  if (defined === 0) return { defined, mean: null, median: null, min: null, max: null };
  const numbers = sorted as number[];
  const middle = (defined - 1) / 2;
  return {
    defined,
    mean: numbers.reduce((sum, value) => sum + value, 0) / defined,
    median: (numbers[Math.floor(middle)]! + numbers[Math.ceil(middle)]!) / 2,
    min: numbers[0]!,
    max: numbers[defined - 1]!,
  };
}
