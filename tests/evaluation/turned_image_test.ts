import assert from "node:assert/strict";
import { join } from "node:path";
import type { GreyImage } from "../../lib/dataset/grey_image.ts";
import { readImage } from "../../lib/dataset/read_image.ts";
import { turnedImages } from "../../lib/evaluation/turned_image.ts";
import { planCases } from "../../lib/phantom/cases.ts";
import { drawPhantom } from "../../lib/phantom/draw_phantom.ts";
import { NIH_SAMPLE, noSample } from "../dataset/_nih.ts";

const inverted = (image: GreyImage) => ({
  ...image,
  values: image.values.map((value) => image.white - value),
});
const upsideDown = (image: GreyImage) => ({ ...image, values: image.values.slice().reverse() });

Deno.test("an inverted phantom and one that is upside down are told from those that are right", () => {
  const looks = turnedImages();
  const images = planCases(30, 5).map((subject) => ({
    values: drawPhantom(subject, { seed: 5, size: 64 }).pixels,
    ...{ width: 64, height: 64, white: 255 },
  }));
  assert(images.filter((image) => looks(image) === null).length >= 29);
  assert(images.filter((image) => /inverted/.test(looks(inverted(image)) ?? "")).length >= 28);
  assert(images.filter((image) => /upside down/.test(looks(upsideDown(image)) ?? "")).length >= 20);
  assert.equal(looks({ values: new Uint8Array(64), width: 8, height: 8, white: 255 }), null);
});

Deno.test({
  name: "so are real radiographs",
  ignore: noSample,
  fn: async () => {
    const folder = join(NIH_SAMPLE, "images_001");
    const dir = [...Deno.readDirSync(folder)].some(({ name }) => name === "images")
      ? join(folder, "images")
      : folder;
    const files = [...Deno.readDirSync(dir)].map(({ name }) => join(dir, name)).sort().slice(0, 60);
    const images = await Promise.all(files.map(async (file) => (await readImage(file)).image));
    const looks = turnedImages();
    assert(images.filter((image) => looks(image) === null).length >= 58);
    assert(images.filter((image) => /inverted/.test(looks(inverted(image)) ?? "")).length >= 55);
  },
});
