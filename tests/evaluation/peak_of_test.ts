import assert from "node:assert/strict";
import { peakOf } from "../../lib/evaluation/peak_of.ts";

Deno.test("a map's peak is the middle of its highest cell, the first of those that only rounding tells apart", () => {
  const at = (...values: number[]) => peakOf({ values, width: 3, height: 2 });
  assert.deepEqual(at(0, 0.2, 0, 0, 0.9, 1), { x: 2.5, y: 1.5 });
  assert.deepEqual(at(0, 1 - 2 ** -24, 0, 0, 0.9, 1), { x: 1.5, y: 0.5 });
  assert.deepEqual(at(0, 1, 0, 0, 0.9, 1 - 2 ** -24), { x: 1.5, y: 0.5 });
  assert.deepEqual(at(0, 0.9999, 0, 0, 0, 1), { x: 2.5, y: 1.5 });
  assert.deepEqual(at(-5, -4, -5, -5, -5, -5), { x: 1.5, y: 0.5 });
  assert.equal(at(0.5, 0.5, 0.5, 0.5, 0.5, 0.5), null);
});
