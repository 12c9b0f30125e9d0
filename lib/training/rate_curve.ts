/** One step of a learning-rate range test. */
export interface RatePoint {
  /** The step's learning rate. */
  learningRate: number;
  /** The loss of its batch, before the step. */
  loss: number;
}

/** What a range test says of learning rates. */
export interface RateCurve {
  /** The steps, with their losses' moving mean. */
  points: (RatePoint & { smoothed: number })[];
  /** The rate at which the smoothed loss is lowest: from about there on steps are too long. */
  lowest: number;
  /** The rate at which it falls most steeply against the rate's logarithm, before that; null where it never falls. */
  steepest: number | null;
  /** The peak learning rate to begin with: a tenth of `lowest`; null where the loss never fell. */
  suggestion: number | null;
  /** Whether the loss still fell at the last and largest rate, so that `lowest` may lie beyond it. */
  isStillFalling: boolean;
}

/** How much of a loss counts in its moving mean, the rest being those before. */
const WEIGHT = 0.1;
/** The first steps' mean is of few batches: nothing is read from their slope. */
const UNSURE = 0.1;
/** How far below the lowest rate of the loss a training is safe (the rule of fast.ai's `lr_find`). */
const SAFE = 1 / 10;
/** The loss that counts as having fallen, as a fraction of the first steps' mean. */
const FALLEN = 0.98;

/**
 * Reads a learning-rate range test (Smith, "Cyclical Learning Rates for Training Neural Networks", 2017): the rate grows by a
 * constant factor from step to step, and the loss falls, stays and explodes. Losses are smoothed by an exponentially weighted
 * mean whose weights are corrected for its beginning (pandas' `ewm(alpha=0.1)`), and slopes are central differences
 * (NumPy's `gradient`).
 *
 * @param steps In the order of growing rates, at least three.
 * @throws {RangeError} Where they are fewer.
 */
export function rateCurve(steps: readonly RatePoint[]): RateCurve {
  if (steps.length < 3) throw new RangeError("A curve has three steps or more");
  let [sum, weights] = [0, 0];
  const smoothed = steps.map(({ loss }) => {
    sum = sum * (1 - WEIGHT) + loss;
    weights = weights * (1 - WEIGHT) + 1;
    return sum / weights;
  });
  const first = Math.ceil(UNSURE * steps.length);
  const lowest = smoothed.indexOf(Math.min(...smoothed.slice(first)), first);
  const slopes = slopesOf(smoothed, steps.map(({ learningRate }) => Math.log(learningRate)));
  const falling = slopes.slice(first, lowest + 1);
  const steepest = first + falling.indexOf(Math.min(...falling));
  const hasFallen = lowest > first && smoothed[lowest]! < FALLEN * smoothed[first]!;
  return {
    points: steps.map((step, i) => ({ ...step, smoothed: smoothed[i]! })),
    lowest: steps[lowest]!.learningRate,
    steepest: hasFallen ? steps[steepest]!.learningRate : null,
    suggestion: hasFallen ? SAFE * steps[lowest]!.learningRate : null,
    isStillFalling: hasFallen && lowest === steps.length - 1,
  };
}

/** The slope at each of evenly spaced places: of its two neighbours, at an end of itself and its neighbour. */
function slopesOf(values: readonly number[], at: readonly number[]): number[] {
  return values.map((_, i) => {
    const [from, to] = [Math.max(i - 1, 0), Math.min(i + 1, values.length - 1)];
    return (values[to]! - values[from]!) / (at[to]! - at[from]!);
  });
}
