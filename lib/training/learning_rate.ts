/** A learning-rate schedule. */
export interface LearningRateOptions {
  /** The peak learning rate. */
  learningRate: number;
  /** Constant, falling along a half cosine, or rising and falling. */
  schedule: "constant" | "cosine" | "oneCycle";
  /** Steps of the whole training. */
  steps: number;
  /** Steps over which the rate rises from zero at first. */
  warmupSteps: number;
}

const ONE_CYCLE_RISE = 0.3;
const ONE_CYCLE_START = 1 / 25;
const ONE_CYCLE_END = 1e-4 / 25;

/**
 * The learning rate of a step, counted from 0.
 *
 * - `constant`: the same throughout
 * - `cosine`: falls to zero along half a cosine (Loshchilov and Hutter, 2017), after the warm-up
 * - `oneCycle`: rises from a 25th along half a cosine over the first 30 % and falls to a 250,000th (Smith and Topin,
 *   2018, in the form that PyTorch's `OneCycleLR` has)
 */
export function learningRateAt(step: number, options: LearningRateOptions): number {
  const { learningRate, schedule, steps, warmupSteps } = options;
  if (step < warmupSteps) return learningRate * (step + 1) / warmupSteps;
  const remaining = Math.max(steps - warmupSteps, 1);
  const at = step - warmupSteps;
  if (schedule === "constant") return learningRate;
  if (schedule === "cosine") return between(learningRate, 0, at / remaining);
  const rise = ONE_CYCLE_RISE * steps - 1;
  if (step <= rise) return between(learningRate * ONE_CYCLE_START, learningRate, step / rise);
  return between(learningRate, learningRate * ONE_CYCLE_END, (step - rise) / (steps - 1 - rise));
}

/** Goes from one value to another along half a cosine. */
function between(from: number, to: number, share: number): number {
  return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
}
