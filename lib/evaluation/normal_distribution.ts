/**
 * The probability that a standard normal number is above `z`, with a relative error below 1e-13 for z up to 37:
 * the series of Kummer near 0, the continued fraction of Laplace in the tail (NIST DLMF 7.6.2 and 7.9.1).
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  return z < 2.5 ? 0.5 - density(z) * series(z) : density(z) * fraction(z);
}

/**
 * The standard normal number below which a probability lies: the inverse of the distribution function, by
 * Hastings' approximation (Abramowitz and Stegun 26.2.23) and three steps of Halley.
 *
 * @throws {RangeError} When the probability is not between 0 and 1.
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`The probability ${probability} is not between 0 and 1`);
  }
  if (probability < 0.5) return -upperQuantile(probability);
  return probability === 0.5 ? 0 : upperQuantile(1 - probability);
}

/** The number above which a probability below .5 lies. */
function upperQuantile(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
      (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const error = (tail - normalTail(z)) / density(z);
    z -= error / (1 + z * error / 2);
  }
  return z;
}

function density(z: number): number {
  return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
}

function series(z: number): number {
  let sum = 0;
  for (let term = z, n = 1; sum + term !== sum; n += 2, term *= z * z / n) sum += term;
  return sum;
}

function fraction(z: number): number {
  let value = z;
  for (let n = 200; n > 0; n--) value = z + n / value;
  return 1 / value;
}
