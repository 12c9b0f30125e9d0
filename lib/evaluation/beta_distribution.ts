/**
 * The probability that a number of the beta distribution is below `x`: the regularised incomplete beta function, by its
 * continued fraction (NIST DLMF 8.17.22), with a relative error below 1e-10.
 *
 * @param x From 0 to 1.
 * @param a Above 0.
 * @param b Above 0.
 */
export function betaProbability(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaProbability(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  ) / a;
  let [c, d] = [1, 1 / (1 - (a + b) * x / (a + 1))];
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const before = value;
    for (
      const term of [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ]
    ) {
      d = 1 / (1 + term * d);
      c = 1 + term / c;
      value *= c * d;
    }
    if (Math.abs(value - before) <= 1e-16 * value) break;
  }
  return front * value;
}

/** The number of the beta distribution below which a probability lies, by halving: exact to the last digits. */
export function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let middle = 0.5; low < middle && middle < high; middle = (low + high) / 2) {
    if (betaProbability(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The logarithm of the gamma function of a positive number, by Stirling's series from 10 on (NIST DLMF 5.11.1). */
export function logGamma(x: number): number {
  let shift = 0;
  while (x < 10) shift += Math.log(x++);
  const square = 1 / (x * x);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) /
    x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
}
