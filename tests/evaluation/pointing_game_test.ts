import assert from "node:assert/strict";
import type { Rectangle } from "../../lib/evaluation/connected_regions.ts";
import { peakOf } from "../../lib/evaluation/peak_of.ts";
import { type PointedMap, pointingBySize, pointingScores } from "../../lib/evaluation/pointing_game.ts";
import { priorMaps } from "../../lib/evaluation/prior_map.ts";
import { assertClose, readFixture } from "./_close.ts";

// Made by tests/oracles/pointing_game.py, with scipy and pandas.
const { size, boxes, prior, maps, sizes } = await readFixture<{
  size: number;
  boxes: Rectangle[];
  prior: number[];
  maps: PointedMap[];
  sizes: { maps: number; patients: number; hit: number; prior: number; difference: number }[];
}>("pointing_game.json");

Deno.test("a prior map is the mean of what boxes cover, smoothed as by scipy", () => {
  const labelled = boxes.map((box, i) => ({ ...box, image: `${i}.png`, label: "Mass" }));
  const found = priorMaps([...labelled, { ...labelled[0]!, label: "Nodule" }], { size });
  assert.deepEqual([...found.keys()], ["Mass", "Nodule"]);
  const { values, width, height } = found.get("Mass")!;
  assert.deepEqual([width, height], [size, size]);
  assertClose([...values as Float64Array], prior);
});

Deno.test("the prior map of one box has its peak in the box's middle", () => {
  const box = { image: "a.png", label: "Mass", x: 256, y: 512, width: 192, height: 192 };
  assert.deepEqual(peakOf(priorMaps([box], { size: 64 }).get("Mass")!), { x: 21.5, y: 37.5 });
});

Deno.test("hit rates by size of the largest box are pandas', beside the prior map's", () => {
  const found = pointingBySize(maps);
  assert.deepEqual(found.map(({ from, below }) => [from, below]), [
    [0, 1 / 16],
    [1 / 16, 1 / 8],
    [1 / 8, 1 / 4],
    [1 / 4, 1],
  ]);
  assertClose(
    found.map(({ maps, patients, pointingGame, prior }) => ({
      maps,
      patients,
      hit: pointingGame.value,
      prior: prior!.pointingGame.value,
      difference: prior!.difference,
    })),
    sizes,
  );
  for (const { prior } of found) {
    const { difference, interval } = prior!;
    assert.ok(interval!.low < difference && difference < interval!.high);
  }
});

Deno.test("where one map has no prior map beside it there is no rate of prior maps", () => {
  assert.equal(pointingScores([...maps, { ...maps[0]!, priorHit: null }])!.prior, null);
  assert.equal(pointingScores([]), null);
  assert.deepEqual(pointingBySize([]), []);
});
