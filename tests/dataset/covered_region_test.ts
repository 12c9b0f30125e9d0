import assert from "node:assert/strict";
import { COVERED_REGIONS, coveredCache, coveredPixels } from "../../lib/dataset/covered_region.ts";
import type { ImageCache } from "../../lib/dataset/image_cache.ts";

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

Deno.test("regions cover what they name, and what they leave is covered by their opposite", () => {
  const size = 40;
  const of = Object.fromEntries(COVERED_REGIONS.map((region) => [region, coveredPixels(region, { size })]));
  assert.deepEqual(COVERED_REGIONS, ["corners", "border", "all-but-border", "lungs", "all-but-lungs"]);
  assert.equal(sum(of["corners"]!), 4 * 8 * 8);
  assert.equal(sum(of["border"]!), 40 * 40 - 32 * 32);
  // Two ellipses that touch in the middle, of half axes of 8 and 14.4 pixels.
  assert.ok(Math.abs(sum(of["lungs"]!) - 2 * Math.PI * 8 * 14.4) < 16);
  for (const [region, opposite] of [["border", "all-but-border"], ["lungs", "all-but-lungs"]] as const) {
    assert.ok(of[region]!.every((value, place) => value + of[opposite]![place]! === 1));
  }
  assert.deepEqual([of["lungs"]![18 * size + 12], of["lungs"]![18 * size + 28], of["lungs"]![0]], [1, 1, 0]);
  assert.deepEqual(
    [of["corners"]![7 * size + 7], of["corners"]![8 * size + 7], of["border"]![20 * size + 3]],
    [1, 0, 1],
  );
});

Deno.test("covered pixels have the mean grey of the others, rounded, and those stay", () => {
  const images = [[0, 10, 20, 33], [255, 255, 255, 254]];
  const cache: ImageCache = {
    size: 2,
    names: ["a.png", "b.png"],
    indexOf: (name) => ["a.png", "b.png"].indexOf(name),
    read: (index, into) => into.set(images[index]!),
    [Symbol.dispose]: () => {},
  };
  const covered = coveredCache(cache, Uint8Array.from([1, 0, 0, 1]));
  const into = new Uint8Array(4);
  covered.read(0, into);
  assert.deepEqual([...into], [15, 10, 20, 15]);
  covered.read(covered.indexOf("b.png")!, into);
  assert.deepEqual([...into], [255, 255, 255, 255]);
});
