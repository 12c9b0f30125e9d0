import assert from "node:assert/strict";
import { random } from "../../lib/support/random.ts";
import { packHalves, packSeries, unpackHalves, unpackSeries } from "../../lib/page/base64.ts";

Deno.test("a page widens each of the 65,536 numbers of 16 bits to what Float16Array makes of it", () => {
  const halves = new Float16Array(Uint16Array.from({ length: 65536 }, (_, bits) => bits).buffer);
  const found = unpackHalves(packHalves(halves));
  assert.equal(found.length, 65536);
  assert.deepEqual([...halves.keys()].filter((bits) => !Object.is(found[bits], halves[bits])), []);
});

Deno.test("a page unpacks series of numbers bit for bit, and rising ones are smaller than their bytes", () => {
  const { uniform } = random(3, "series");
  const scores = Float32Array.from({ length: 2000 }, uniform).sort();
  const [counts, falling] = [scores.map((_, i) => i + 1), scores.toReversed()];
  for (
    const values of [
      scores,
      counts,
      falling,
      scores.map((x) => (x - 0.5) ** 3),
      Float32Array.of(NaN, -0),
    ]
  ) {
    const found = unpackSeries(packSeries(values));
    assert.deepEqual(new Uint32Array(found.buffer), new Uint32Array(values.buffer));
  }
  assert.equal(unpackSeries(packSeries(new Float32Array())).length, 0);
  const sizes = [scores, counts, falling].map((values) =>
    packSeries(values).length * 3 / 4 / (4 * values.length)
  );
  assert(sizes[0]! < 0.6 && sizes[1]! < 0.1 && sizes[2]! < 0.6, String(sizes));
});
