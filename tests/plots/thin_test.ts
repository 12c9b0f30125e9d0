import assert from "node:assert/strict";
import { thin } from "../../lib/plots/_thin.ts";
import { random } from "../../lib/support/random.ts";

Deno.test("points on a line are not needed, corners are", () => {
  assert.deepEqual(thin([0, 1, 2, 3, 4], [0, 0, 0, 0, 0], 0.01), [0, 4]);
  assert.deepEqual(thin([0, 0, 1], [0, 1, 1], 0.01), [0, 1, 2]);
  assert.deepEqual(thin([0, 1, 0], [0, 0, 0], 0.01), [0, 1, 2]);
});

Deno.test("few points are kept as they are", () => {
  assert.deepEqual(thin([], [], 1), []);
  assert.deepEqual(thin([1], [1], 1), [0]);
  assert.deepEqual(thin([1, 1], [1, 1], 1), [0, 1]);
});

Deno.test("no point that is left out is farther from the line than the tolerance", () => {
  const stream = random(4, "thin");
  let height = 0;
  const x = Float64Array.from({ length: 2000 }, (_, i) => i / 2000);
  const y = x.map(() => height += 0.02 * stream.normal());
  const kept = thin(x, y, 0.05);
  assert(kept.length > 9 && kept.length < 1000, String(kept.length));
  for (let k = 1; k < kept.length; k++) {
    const [a, b] = [kept[k - 1]!, kept[k]!];
    for (let i = a; i <= b; i++) {
      const share = (x[i]! - x[a]!) / (x[b]! - x[a]!);
      const vertical = Math.abs(y[i]! - (y[a]! + share * (y[b]! - y[a]!)));
      const slope = Math.atan2(y[b]! - y[a]!, x[b]! - x[a]!);
      assert(vertical * Math.cos(slope) <= 0.05 + 1e-12);
    }
  }
});
