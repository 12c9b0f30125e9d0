/** How a logistic regression is fitted. */
export interface LogisticRegressionOptions {
  /**
   * The strength of the ridge penalty, half of it times the squared weights added to the summed loss (1 / C of
   * scikit-learn); 0 by default.
   */
  ridge?: number;
  /** Whether there is an intercept, which is never penalised; true by default. */
  intercept?: boolean;
  /** [n] How many images each row stands for; 1 by default. */
  counts?: ArrayLike<number>;
}

/** A fitted logistic regression: the log odds are `intercept` + the sum of weights times features. */
export interface LogisticRegression {
  /** [d] What each feature adds to the log odds. */
  weights: Float64Array;
  /** The log odds where every feature is 0. */
  intercept: number;
}

/** By how much of itself a loss may rise from rounding alone. */
const ROUNDING = 1e-12;

/** Steps of Newton after which a fit is given up. */
const STEPS = 100;

/**
 * Fits a logistic regression by Newton's method with halved steps, to the last bits. Null where no finite weights
 * are best (the classes are separated, features depend on each other, and there is no ridge).
 *
 * @param features [n, d] Row by row.
 * @param targets [n] Probabilities from 0 to 1, mostly 0 or 1.
 * @throws {RangeError} When the features' number is no multiple of the targets'.
 */
export function fitLogisticRegression(
  features: ArrayLike<number>,
  targets: ArrayLike<number>,
  { ridge = 0, intercept = true, counts }: LogisticRegressionOptions = {},
): LogisticRegression | null {
  const width = features.length / targets.length;
  if (!Number.isInteger(width)) {
    throw new RangeError(`${features.length} features do not fit ${targets.length} targets`);
  }
  const problem = {
    features: new Float64Array(features),
    targets: new Float64Array(targets),
    counts: counts ? new Float64Array(counts) : new Float64Array(targets.length).fill(1),
    width,
    size: width + Number(intercept),
    ridge,
  };
  let weights: Float64Array = new Float64Array(problem.size);
  let { loss, gradient, hessian } = derivatives(problem, weights);
  for (let step = 0; step < STEPS; step++) {
    const direction = solve(hessian, gradient);
    if (!direction) return null;
    let next = moved(weights, direction, 1);
    if (largest(direction) <= 1e-9 * Math.max(1, largest(weights))) {
      return { weights: next.slice(0, width), intercept: next[width] ?? 0 };
    }
    let state = derivatives(problem, next);
    for (let length = 1 / 2; state.loss > loss * (1 + ROUNDING) && length > 1e-9; length /= 2) {
      next = moved(weights, direction, length);
      state = derivatives(problem, next);
    }
    weights = next;
    ({ loss, gradient, hessian } = state);
  }
  return null;
}

/** The chance of 1 that a logistic regression gives to one row of d features. */
export function predictLogistic({ weights, intercept }: LogisticRegression, row: ArrayLike<number>): number {
  return sigmoid(weights.reduce((sum, weight, index) => sum + weight * row[index]!, intercept));
}

/** The probability that belongs to log odds. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

interface Problem {
  features: Float64Array;
  targets: Float64Array;
  counts: Float64Array;
  width: number;
  size: number;
  ridge: number;
}

function derivatives({ features, targets, counts, width, size, ridge }: Problem, weights: Float64Array) {
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const row = new Float64Array(size).fill(1);
  let loss = 0;
  for (let image = 0; image < targets.length; image++) {
    let logit = 0;
    for (let i = 0; i < width; i++) row[i] = features[image * width + i]!;
    for (let i = 0; i < size; i++) logit += weights[i]! * row[i]!;
    const probability = sigmoid(logit);
    const count = counts[image]!;
    const excess = count * (probability - targets[image]!);
    const slope = count * probability * (1 - probability);
    loss += count * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - targets[image]! * logit);
    for (let i = 0; i < size; i++) {
      gradient[i]! += excess * row[i]!;
      for (let j = 0; j <= i; j++) hessian[i * size + j]! += slope * row[i]! * row[j]!;
    }
  }
  for (let i = 0; i < width; i++) {
    loss += ridge * weights[i]! ** 2 / 2;
    gradient[i]! += ridge * weights[i]!;
    hessian[i * size + i]! += ridge;
  }
  return { loss, gradient, hessian };
}

/** Solves a system by Cholesky's method; null where the matrix (its lower half) is not positive definite. */
function solve(matrix: Float64Array, vector: Float64Array): Float64Array | null {
  const size = vector.length;
  const lower = matrix.slice();
  const solution = vector.slice();
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let value = lower[i * size + j]!;
      for (let k = 0; k < j; k++) value -= lower[i * size + k]! * lower[j * size + k]!;
      if (i > j) lower[i * size + j] = value / lower[j * size + j]!;
      else if (value > 1e-12 * matrix[i * size + i]!) lower[i * size + i] = Math.sqrt(value);
      else return null;
    }
    for (let k = 0; k < i; k++) solution[i]! -= lower[i * size + k]! * solution[k]!;
    solution[i]! /= lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) solution[i]! -= lower[k * size + i]! * solution[k]!;
    solution[i]! /= lower[i * size + i]!;
  }
  return solution;
}

function moved(weights: Float64Array, direction: Float64Array, length: number): Float64Array {
  return weights.map((weight, index) => weight - length * direction[index]!);
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
