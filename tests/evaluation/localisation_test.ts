import assert from "node:assert/strict";
import { connectedRegions, type Rectangle } from "../../lib/evaluation/connected_regions.ts";
import { centreMap, randomMap, type SaliencyMap } from "../../lib/evaluation/baseline_maps.ts";
import { coveredShare } from "../../lib/evaluation/covered_share.ts";
import { type LocatedMap, scoreLocalisation, scoreMap } from "../../lib/evaluation/localisation.ts";
import { random } from "../../lib/support/random.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  masks: { mask: boolean[]; width: number; regions: Rectangle[] }[];
  maps: { map: SaliencyMap; boxes: Rectangle[]; score: unknown }[];
}

const { masks, maps } = await readFixture<Reference>("localisation.json");
const QUARTER = { x: 0, y: 0, width: 512, height: 512 };

/** A map that is 1 in one cell and 0 elsewhere. */
function peak(x: number, y: number, size = 8): SaliencyMap {
  const values = new Float64Array(size * size);
  values[y * size + x] = 1;
  return { values, width: size, height: size };
}

Deno.test("connectedRegions() boxes the regions of scipy.ndimage, corners touching", () => {
  const sorted = (regions: Rectangle[]) =>
    regions.map((region) => JSON.stringify(Object.entries(region))).sort();
  for (const { mask, width, regions } of masks) {
    assert.deepEqual(sorted(connectedRegions(Uint8Array.from(mask, Number), width)), sorted(regions));
  }
});

Deno.test("scoreMap() agrees with numpy and scipy", () => {
  for (const { map, boxes, score } of maps) assertClose(scoreMap(map, boxes), score);
});

Deno.test("scoreMap() does not change with the map's scale", () => {
  for (const { map, boxes } of maps) {
    const scaled = { ...map, values: Array.from(map.values, (value) => 8 * value - 4) };
    assertClose(scoreMap(scaled, boxes), scoreMap(map, boxes));
  }
});

Deno.test("scoreMap() lets a constant map point nowhere, and refuses one that cannot be read", () => {
  const zeros = { values: new Float32Array(64), width: 8, height: 8 };
  assert.deepEqual(scoreMap(zeros, [QUARTER]), { pointsInside: false, iou: 0, iobb: [] });
  assert.throws(
    () => scoreMap({ ...zeros, width: 7 }, [QUARTER]),
    new RangeError("A map of 64 values is not 7x8"),
  );
  assert.throws(() => scoreMap({ ...zeros, values: new Float32Array(64).fill(NaN) }, [QUARTER]), RangeError);
});

Deno.test("scoreMap() points by the centre of the highest cell", () => {
  assert.ok(scoreMap(peak(3, 3), [QUARTER]).pointsInside);
  assert.ok(!scoreMap(peak(4, 3), [QUARTER]).pointsInside);
  assert.ok(scoreMap(peak(4, 3), [QUARTER, { ...QUARTER, x: 512 }]).pointsInside);
  // One cell of a quarter of the map is detected, at both thresholds.
  assert.deepEqual(scoreMap(peak(0, 0), [QUARTER]), { pointsInside: true, iou: 1 / 16, iobb: [1, 1] });
});

Deno.test("randomMap() peaks everywhere alike and is the same for the same stream", () => {
  const stream = random(1, "maps");
  const counts = new Uint32Array(16);
  for (let map = 0; map < 3200; map++) {
    const values = randomMap(peak(0, 0, 16), stream).values as Float64Array;
    const cell = values.indexOf(Math.max(...values));
    counts[Math.floor(cell / 64) * 4 + Math.floor(cell % 16 / 4)]!++;
  }
  // 200 in each of 16 blocks are expected; 4.5 standard deviations are 62.
  assert.ok(counts.every((count) => Math.abs(count - 200) < 62), String(counts));
  assert.deepEqual(randomMap(peak(0, 0), random(2)), randomMap(peak(0, 0), random(2)));
});

Deno.test("centreMap() is highest in the middle and falls to the corners", () => {
  const { values } = centreMap(peak(0, 0, 5));
  assert.equal(values[12], -0);
  assertClose(values[0], -Math.SQRT2 * 0.4);
  assert.equal(values[2], values[10]);
});

Deno.test("scoreLocalisation() sets maps beside random ones and the middle", () => {
  const stream = random(3, "boxes");
  const located = Array.from({ length: 60 }, (_, index): LocatedMap => {
    const [x, y] = [stream.integer(6), stream.integer(6)];
    return {
      label: index % 3 === 0 ? "Nodule" : "Mass",
      patient: String(Math.floor(index / 2)),
      map: index < 45 ? peak(x + 1, y + 1) : peak((x + 5) % 8, y),
      boxes: [{ x: 128 * x, y: 128 * y, width: 384, height: 384 }],
    };
  });
  const { labels, all, mean } = scoreLocalisation(located);
  assert.deepEqual(labels.map(({ name, maps, patients }) => [name, maps, patients]), [
    ["Nodule", 20, 20],
    ["Mass", 40, 30],
  ]);
  for (const { model, randomPoint, random, centre } of labels) {
    assert.ok(model.pointingGame.value >= 0.75);
    // A box is 9 of 64 cells.
    assertClose(randomPoint, 9 / 64);
    assert.ok(random.pointingGame.low < 9 / 64 && 9 / 64 < random.pointingGame.high);
    assert.ok(random.pointingGame.high < model.pointingGame.low);
    const { value, interval } = centre.iou;
    assert.ok(interval!.low < value && value < interval!.high);
    const accuracies = model.iobbAbove.map(({ accuracy }) => accuracy.value);
    assert.deepEqual(accuracies, accuracies.toSorted((a, b) => b - a));
  }
  assertClose(
    mean.model.pointingGame,
    (labels[0]!.model.pointingGame.value + labels[1]!.model.pointingGame.value) / 2,
  );
  assert.deepEqual(scoreLocalisation(located), { labels, all, methods: [], mean });
  // The boxes' root of area is three eighths of the image's side.
  assert.deepEqual(labels.map(({ prior, sizes }) => [prior, sizes.map(({ from, maps }) => [from, maps])]), [
    [null, [[1 / 4, 20]]],
    [null, [[1 / 4, 40]]],
  ]);
  assert.deepEqual([all!.maps, all!.patients], [60, 30]);
  assertClose(
    all!.pointingGame.value,
    (20 * labels[0]!.model.pointingGame.value + 40 * labels[1]!.model.pointingGame.value) / 60,
  );
  assert.equal(scoreLocalisation([]).all, null);
  assert.deepEqual(scoreLocalisation([]).labels, []);
});

Deno.test("scoreLocalisation() sets the peaks of other methods and of the prior map beside the maps'", () => {
  const located = Array.from({ length: 8 }, (_, i): LocatedMap => ({
    label: i < 4 ? "Nodule" : "Mass",
    patient: String(i),
    map: peak(0, 0),
    boxes: [i % 4 === 0 ? { ...QUARTER, x: 512, y: 512 } : QUARTER],
  }));
  const others = located.map(() => peak(7, 7));
  const priors = new Map([["Nodule", peak(7, 7)]]);
  const { labels, all, methods } = scoreLocalisation(located, {
    priors,
    methods: new Map([["other", others]]),
  });
  const [nodule, mass] = labels;
  assert.deepEqual([nodule!.model.pointingGame.value, nodule!.prior!.pointingGame.value], [0.75, 0.25]);
  assert.equal(nodule!.prior!.difference, 0.5);
  assert.deepEqual([mass!.prior, all!.prior], [null, null]);
  assert.deepEqual(methods.map(({ method, maps, pointingGame }) => [method, maps, pointingGame.value]), [
    ["other", 8, 0.25],
  ]);
});

Deno.test("coveredShare counts what boxes cover together once", () => {
  const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
  assert.equal(coveredShare([]), 0);
  assert.equal(coveredShare([box(0, 0, 1024, 1024), box(10, 10, 50, 60)]), 1);
  assert.equal(coveredShare([box(0, 0, 512, 1024), box(256, 0, 512, 1024)]), 0.75);
  assert.equal(coveredShare([box(0, 0, 512, 512), box(512, 512, 512, 512)]), 0.5);
  assert.equal(coveredShare([box(0, 0, 512, 512), box(256, 256, 512, 512)]), 7 / 16);
});
