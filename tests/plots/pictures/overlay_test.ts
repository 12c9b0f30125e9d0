import assert from "node:assert/strict";
import sharp from "sharp";
import { beside } from "../../../lib/plots/pictures/beside.ts";
import { enlarge } from "../../../lib/plots/pictures/enlarge.ts";
import { inferno } from "../../../lib/plots/pictures/inferno.ts";
import { overlay, xray } from "../../../lib/plots/pictures/overlay.ts";
import reference from "../../fixtures/plots/pictures.json" with { type: "json" };

/** A PNG's pixels: channels of the pixel at a place. */
async function pixels(png: Uint8Array) {
  const { data, info } = await sharp(png).removeAlpha().toColourspace("srgb").raw().toBuffer({
    resolveWithObject: true,
  });
  const at = (
    x: number,
    y: number,
  ) => [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)];
  return { at, width: info.width, height: info.height };
}

const GREY = new Uint8Array(64 * 64).fill(100);

Deno.test("maps are enlarged as by tf.image.resize", () => {
  for (const { map, size, enlarged } of reference.maps) {
    const result = enlarge(map, size);
    result.forEach((value, i) => assert(Math.abs(value - enlarged[i]!) < 1e-6, `${size}: ${i}`));
  }
  assert.throws(() => enlarge([1, 2, 3], 6), /3 values is no square/);
});

Deno.test("inferno's colours are within 7 of matplotlib's", () => {
  reference.inferno.forEach((colour, i) =>
    inferno(i / 255).forEach((channel, c) => assert(Math.abs(channel - colour[c]!) <= 7, `${i}`))
  );
  assert.deepEqual(inferno(-1), inferno(0));
  assert.deepEqual(inferno(2), inferno(1));
});

Deno.test("an image without heat stays grey, in the size that is asked for", async () => {
  for (const png of [await xray(GREY), await overlay(GREY, new Float32Array(64))]) {
    const { at, width, height } = await pixels(png);
    assert.deepEqual([width, height], [256, 256]);
    assert.deepEqual(at(10, 200), [100, 100, 100]);
  }
  assert.equal((await pixels(await xray(GREY, { size: 32 }))).width, 32);
});

Deno.test("heat colours where it is, negative values nowhere", async () => {
  const heat = new Float32Array(16 * 16);
  heat[3 * 16 + 12] = 2;
  heat[12 * 16 + 3] = -5;
  const { at } = await pixels(await overlay(GREY, heat));
  const [red, , blue] = at(200, 56);
  assert(red! > 180 && red! - blue! > 30, `${at(200, 56)}`);
  assert.deepEqual(at(56, 200), [100, 100, 100]);
});

Deno.test("pictures are put beside one another", async () => {
  const [dark, light] = [new Uint8Array(64).fill(10), new Uint8Array(64).fill(200)];
  const both = await beside([await xray(dark, { size: 40 }), await xray(light, { size: 40 })], 40);
  const { at, width, height } = await pixels(both);
  assert.deepEqual([width, height], [84, 40]);
  assert.deepEqual([at(20, 20), at(64, 20)], [[10, 10, 10], [200, 200, 200]]);
});

Deno.test("a box is outlined in blue at its place, scaled with the image", async () => {
  const { at } = await pixels(await xray(GREY, { boxes: [{ x: 16, y: 8, width: 32, height: 40 }] }));
  const [red, , blue] = at(64, 100);
  assert(blue! - red! > 60, `${at(64, 100)}`);
  assert.deepEqual(at(128, 100), [100, 100, 100]);
  assert.deepEqual(at(40, 100), [100, 100, 100]);
});
