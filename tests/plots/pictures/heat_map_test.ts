import assert from "node:assert/strict";
import sharp from "sharp";
import { drawHeatMap, PICTURE_SIDE } from "../../../lib/plots/pictures/heat_map.ts";
import { inferno } from "../../../lib/plots/pictures/inferno.ts";

Deno.test("a heat map stands in the image's own shape beside the plain image, with the colours' bar and what is written", async () => {
  const heat = new Float32Array(64);
  heat[3 * 8 + 6] = 2;
  const picture = {
    pixels: new Uint8Array(64 * 64).fill(100),
    heat,
    aspect: 2,
    title: "Mass 20 %",
    caption: "a.png",
  };
  const png = await drawHeatMap(picture);
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => {
    const place = (Math.round(y) * info.width + Math.round(x)) * info.channels;
    return [...data.subarray(place, place + 3)];
  };
  const [width, height] = [PICTURE_SIDE, PICTURE_SIDE / 2];
  assert(info.width > 2 * width && info.height > height);
  // The hottest cell of 8 x 8, in the plain image and in the one with heat.
  const [x, y] = [16 + width * 6.5 / 8, 16 + height * 3.5 / 8];
  assert.deepEqual(at(x, y), [100, 100, 100]);
  const [red, , blue] = at(x + width + 16, y);
  assert(red! - blue! > 40, `${at(x + width + 16, y)}`);
  assert.deepEqual(at(16 + width + 16 + width / 8, y), [100, 100, 100]);
  const bar = 16 + 2 * (width + 16) + 10;
  assert.deepEqual(at(bar, 16), inferno(1));
  const other = await drawHeatMap({ ...picture, title: "Mass 30 %" });
  assert.notDeepEqual(other, png);
});
