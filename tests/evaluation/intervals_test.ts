import assert from "node:assert/strict";
import { holm } from "../../lib/evaluation/holm.ts";
import { percentileInterval } from "../../lib/evaluation/interval.ts";
import { normalQuantile, normalTail } from "../../lib/evaluation/normal_distribution.ts";
import { random } from "../../lib/support/random.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  quantiles: [probability: number, z: number][];
  tails: [z: number, probability: number][];
  holm: [values: number[], adjusted: number[]][];
  percentiles: { values: number[] } & Record<string, number[]>;
}

const reference = await readFixture<Reference>("intervals.json");

Deno.test("normalQuantile() and normalTail() are scipy's, in the tails too", () => {
  for (const [probability, z] of reference.quantiles) assertClose(normalQuantile(probability), z);
  for (const [z, probability] of reference.tails) assertClose(normalTail(z) / probability, 1);
  for (const probability of [0, 1, -1, NaN]) assert.throws(() => normalQuantile(probability), RangeError);
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
