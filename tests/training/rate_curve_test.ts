import assert from "node:assert/strict";
import { rateCurve, type RatePoint } from "../../lib/training/rate_curve.ts";

function steps(losses: readonly number[], rates = losses.map((_, i) => 10 ** (i / 10 - 6))): RatePoint[] {
  return losses.map((loss, i) => ({ loss, learningRate: rates[i]! }));
}

Deno.test("rateCurve() smooths as pandas and takes slopes as NumPy; tests/oracles/rate_curve.py", async () => {
  const curves = JSON.parse(await Deno.readTextFile("tests/fixtures/training/rate_curve.json"));
  assert.equal(curves.length, 3);
  for (const { rates, losses, smoothed, lowest, steepest } of curves) {
    const found = rateCurve(steps(losses, rates));
    found.points.forEach((point, i) => assert(Math.abs(point.smoothed - smoothed[i]) < 1e-12));
    assert.deepEqual([found.lowest, found.steepest], [lowest, steepest]);
    assert(Math.abs(found.suggestion! / (lowest / 10) - 1) < 1e-12);
    assert(!found.isStillFalling);
  }
});

Deno.test("rateCurve() suggests nothing where the loss never fell, and says where it still falls", () => {
  const rising = rateCurve(steps(Array.from({ length: 40 }, (_, i) => 1 + i / 10)));
  assert.deepEqual([rising.suggestion, rising.steepest, rising.isStillFalling], [null, null, false]);
  const level = rateCurve(steps(Array.from({ length: 40 }, () => 0.5)));
  assert.equal(level.suggestion, null);
  const falling = rateCurve(steps(Array.from({ length: 40 }, (_, i) => 1 - i / 50)));
  assert(falling.isStillFalling && falling.suggestion !== null);
  assert.throws(() => rateCurve(steps([1, 2])), RangeError);
});
