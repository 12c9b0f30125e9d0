import assert from "node:assert/strict";
import { deLong, deLongDifference } from "../../lib/evaluation/delong.ts";
import { holm } from "../../lib/evaluation/holm.ts";
import { percentileInterval } from "../../lib/evaluation/interval.ts";
import { normalQuantile, normalTail } from "../../lib/evaluation/normal_distribution.ts";
import { wilson } from "../../lib/evaluation/wilson.ts";
import { random } from "../../lib/support/random.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  quantiles: [probability: number, z: number][];
  tails: [z: number, probability: number][];
  wilson: { successes: number; trials: number; level: number; low: number; high: number }[];
  delong: {
    truth: number[];
    first: number[];
    second: number[];
    level: number;
    deLong: unknown;
    difference: unknown;
  }[];
  holm: [values: number[], adjusted: number[]][];
  percentiles: { values: number[] } & Record<string, number[]>;
}

const reference = await readFixture<Reference>("intervals.json");

Deno.test("normalQuantile() and normalTail() are scipy's, in the tails too", () => {
  for (const [probability, z] of reference.quantiles) assertClose(normalQuantile(probability), z);
  for (const [z, probability] of reference.tails) assertClose(normalTail(z) / probability, 1);
  for (const probability of [0, 1, -1, NaN]) assert.throws(() => normalQuantile(probability), RangeError);
});

Deno.test("wilson() is statsmodels' interval, and none without trials", () => {
  for (const { successes, trials, level, low, high } of reference.wilson) {
    assertClose(wilson(successes, trials, { level }), { low, high });
  }
  assert.equal(wilson(0, 0), null);
  assert.throws(() => wilson(3, 2), new RangeError("3 of 2 is no proportion"));
});

Deno.test("holm() is statsmodels' adjustment, and leaves out what has no p-value", () => {
  for (const [values, adjusted] of reference.holm) {
    assertClose(holm(values), adjusted);
    assertClose(holm([null, ...values, null]), [null, ...adjusted, null]);
  }
  assert.deepEqual(holm([]), []);
});

Deno.test("percentileInterval() interpolates as numpy does, without the undefined resamples", () => {
  const { values, ...intervals } = reference.percentiles;
  for (const [level, [low, high]] of Object.entries(intervals)) {
    const shuffled = random(1).shuffle([...values, NaN, NaN]);
    assertClose(percentileInterval(Float64Array.from(shuffled), { level: Number(level) }), { low, high });
  }
  assert.equal(percentileInterval(Float64Array.of(0.5, NaN, NaN)), null);
});

Deno.test("deLong() and deLongDifference() are what the definition gives", () => {
  for (const { truth, first, second, level, ...expected } of reference.delong) {
    assertClose(deLong(truth, first, { level }), expected.deLong);
    assertClose(deLongDifference(truth, [first, second], { level }), expected.difference);
  }
});

Deno.test("deLong() gives the error that is published for the ratings of Hanley and McNeil (1982)", () => {
  // Table I of the paper: five ratings of 58 normal and 51 abnormal cases. Stata's manual, [R] roctab, prints
  // the area .8932, its standard error .0307 and the interval .83295 to .95339 by DeLong's method.
  const ratings = [[33, 3], [6, 2], [6, 2], [11, 11], [2, 33]] as const;
  const truth = ratings.flatMap(([normal, abnormal]) => [
    ...Array<number>(normal).fill(0),
    ...Array<number>(abnormal).fill(1),
  ]);
  const scores = ratings.flatMap(([normal, abnormal], rating) =>
    Array<number>(normal + abnormal).fill(rating)
  );
  const { auc, variance, interval } = deLong(truth, scores)!;
  assert.equal(auc.toFixed(4), "0.8932");
  assert.equal(Math.sqrt(variance!).toFixed(4), "0.0307");
  assert.equal(interval!.low.toFixed(5), "0.83295");
  assert.equal(interval!.high.toFixed(5), "0.95339");
});

Deno.test("deLong() has no interval where there is nothing to tell it from", () => {
  assert.equal(deLong([0, 0], [1, 2]), null);
  assert.deepEqual(deLong([0, 0, 1], [1, 2, 1.5]), { auc: 0.5, variance: null, interval: null });
  assert.deepEqual(deLong([0, 0, 1, 1], [1, 2, 3, 4]), { auc: 1, variance: 0, interval: null });
  assert.deepEqual(deLongDifference([0, 0, 1, 1], [[4, 2, 3, 1], [4, 2, 3, 1]]), {
    difference: 0,
    variance: 0,
    interval: null,
    pValue: null,
  });
  assert.throws(() => deLong([0, 1], [NaN, 1]), RangeError);
  assert.throws(() => deLongDifference([0, 1], [[1, 2], [1]]), RangeError);
});

Deno.test("deLong()'s 95 % interval holds the true AUC in 93 to 97 % of 1,000 simulated sets", () => {
  const { normal } = random(3, "coverage");
  const truth = Uint8Array.from({ length: 300 }, (_, index) => Number(index < 40));
  const area = 1 - normalTail(1 / Math.SQRT2);
  let held = 0;
  for (let set = 0; set < 1000; set++) {
    const { low, high } = deLong(truth, Float64Array.from(truth, (value) => value + normal()))!.interval!;
    if (low <= area && area <= high) held++;
  }
  assert.ok(held >= 930 && held <= 970, `${held} of 1000`);
});

Deno.test("deLongDifference()'s p-value is below .05 in 3 to 7 % of 1,000 sets without a difference", () => {
  const { normal } = random(4, "coverage");
  const truth = Uint8Array.from({ length: 200 }, (_, index) => Number(index < 50));
  let significant = 0;
  for (let set = 0; set < 1000; set++) {
    const image = Float64Array.from(truth, (value) => value + normal());
    const network = () => image.map((value) => value + normal());
    if (deLongDifference(truth, [network(), network()])!.pValue! < 0.05) significant++;
  }
  assert.ok(significant >= 30 && significant <= 70, `${significant} of 1000`);
});
