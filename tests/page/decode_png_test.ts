import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readImage } from "../../lib/dataset/read_image.ts";
import { decodePng } from "../../lib/page/browser/decode_png.ts";

const PNGS = "tests/fixtures/dataset/png";
const REAL = "../shared/nih-png";

/** Of real images, each so many-eth: they take a while. */
const STEP = 6;

Deno.test("a page's PNG decoder gives the values that training sees, of every kind of PNG", async () => {
  const kinds = [...Deno.readDirSync(PNGS)].map(({ name }) => join(PNGS, name)).sort();
  const real = existsSync(REAL) ? [...Deno.readDirSync(REAL)].map(({ name }) => join(REAL, name)).sort() : [];
  assert(kinds.length >= 14);
  for (const file of [...kinds, ...real.filter((_, i) => i % STEP === 0)]) {
    const { image } = await readImage(file);
    const found = decodePng(await Deno.readFile(file));
    assert.deepEqual({ ...found, values: null }, { ...image, values: null }, file);
    assert(found.values.every((value, i) => value === image.values[i]), file);
    assert.equal(found.values.length, image.values.length, file);
  }
});

Deno.test("a page's PNG decoder refuses what is damaged, cut short or too large", async () => {
  const whole = await Deno.readFile(`${PNGS}/rgb_8.png`);
  const huge = whole.slice();
  new DataView(huge.buffer).setUint32(16, 20_000);
  new DataView(huge.buffer).setUint32(20, 20_000);
  const flipped = whole.slice();
  flipped[whole.length - 30]! ^= 1;
  const refuses = (bytes: Uint8Array, message: RegExp) =>
    assert.throws(() => decodePng(bytes), { name: "InputError", message });
  refuses(whole.subarray(0, whole.length / 2), /^damaged or cut short/);
  refuses(whole.subarray(0, 20), /^damaged or cut short/);
  refuses(flipped, /^damaged or cut short/);
  refuses(huge, /^20000 x 20000 pixels are more than/);
});
