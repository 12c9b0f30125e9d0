import assert from "node:assert/strict";
import { smoothNoise } from "../../lib/phantom/noise.ts";
import { paint, ramp, stroke, type StrokePoint } from "../../lib/phantom/paint.ts";
import { random } from "../../lib/support/random.ts";

const LINE: StrokePoint[] = [[0.2, 0.3], [0.5, 0.5], [0.8, 0.45]].map(([x, y]) => ({
  ...{ x: x!, y: y!, width: 0.02, strength: 0.5 },
}));

function sum(field: Float32Array): number {
  return field.reduce((total, value) => total + value, 0);
}

Deno.test("paint() visits the pixels whose centres lie in the region, and no others", () => {
  const seen: number[][] = [];
  paint(4, { x0: 0.25, x1: 0.7, y0: -1, y1: 0.4 }, (x, y, i) => seen.push([x, y, i]));
  assert.deepEqual(seen, [[0.375, 0.125, 1], [0.625, 0.125, 2], [0.375, 0.375, 5], [0.625, 0.375, 6]]);
});

Deno.test("stroke() puts as much on the field at every size, also where the line is thinner than a pixel", () => {
  const amounts = [32, 64, 256].map((size) => {
    const field = new Float32Array(size * size);
    stroke({ field, size }, LINE);
    return sum(field) / size ** 2;
  });
  const length = Math.hypot(0.3, 0.2) + Math.hypot(0.3, 0.05);
  const profile = 4 / 3;
  const expected = 0.5 * length * 0.02 * profile;
  amounts.forEach((amount) => assert(Math.abs(amount / expected - 1) < 0.1, `${amount} for ${expected}`));
});

Deno.test("stroke() has no knots where a line bends, and its parts add up or cover each other", () => {
  const size = 200;
  const [once, twice, over] = [0, 1, 2].map(() => new Float32Array(size * size));
  stroke({ field: once!, size }, LINE);
  assert(Math.max(...once!) <= 0.5 && Math.max(...once!) > 0.49);
  for (let pass = 0; pass < 2; pass++) {
    stroke({ field: twice!, size }, LINE);
    stroke({ field: over!, size, over: true }, LINE);
  }
  assert.deepEqual(twice, once!.map((value) => 2 * value));
  assert.deepEqual(over, once);
});

Deno.test("stroke() leaves out what lies beyond the field", () => {
  const field = new Float32Array(16 * 16);
  stroke(
    { field, size: 16 },
    [[-0.5, -0.5], [-0.2, -0.1]].map(([x, y]) => ({
      ...{ x: x!, y: y!, width: 0.1, strength: 1 },
    })),
  );
  assert.equal(sum(field), 0);
});

Deno.test("ramp() rises from 0 to 1", () => {
  assert.deepEqual([-1, 2, 3, 4, 9].map((value) => ramp(value, 2, 4)), [0, 0, 0.5, 1, 1]);
});

Deno.test("smoothNoise() stays within -1 and 1, is smooth and the same for the same stream", () => {
  const [noise, again, other] = [1, 1, 2].map((seed) => smoothNoise(random(seed, "noise"), 5));
  const values = Array.from({ length: 400 }, (_, k) => noise!((k % 20) / 19, Math.floor(k / 20) / 19));
  assert(values.every((value) => Math.abs(value) <= 1));
  assert(Math.max(...values) > 0.4 && Math.min(...values) < -0.4);
  assert(Math.abs(noise!(0.5, 0.5) - noise!(0.501, 0.5)) < 0.03);
  assert.equal(again!(0.3, 0.7), noise!(0.3, 0.7));
  assert.notEqual(other!(0.3, 0.7), noise!(0.3, 0.7));
});
