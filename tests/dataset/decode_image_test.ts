import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { decodeImage, MOST_PIXELS } from "../../lib/dataset/decode_image.ts";
import { InputError } from "../../lib/support/input_error.ts";

const PNGS = "tests/fixtures/dataset/png";
const REAL = "../shared/nih-png";
const expected: Record<string, Record<string, number[]>> = readJson("decode_image.json");
const pillow: Record<string, { "8": number[]; "diagonal of 100": number[] }> = readJson("real_png.json");

Deno.test("decodeImage gives the exact grey values of every kind of PNG, smaller, equal and larger", async () => {
  for (const [name, sizes] of Object.entries(expected)) {
    for (const [size, values] of Object.entries(sizes)) {
      const image = await decodeImage(`${PNGS}/${name}.png`, Number(size));
      assert.deepEqual([...image], values, `${name} at ${size}`);
    }
  }
});

Deno.test({
  name: "decodeImage agrees with Pillow on real images within one grey level",
  ignore: !existsSync(REAL) && (console.log(`skipped: ${REAL} is not there`), true),
  fn: async () => {
    const files = Object.entries(pillow);
    assert.equal(files.length, 31);
    for (const [name, values] of files) {
      const eighths = await decodeImage(`${REAL}/${name}`, 8);
      assertWithinOne(eighths, values["8"], name);
      const hundred = await decodeImage(`${REAL}/${name}`, 100);
      const diagonal = Array.from({ length: 100 }, (_, i) => hundred[i * 101]!);
      assertWithinOne(diagonal, values["diagonal of 100"], name);
    }
  },
});

Deno.test("decodeImage refuses what is no whole PNG, naming the file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const whole = await Deno.readFile(`${PNGS}/rgb_8.png`);
    const huge = whole.slice();
    new DataView(huge.buffer).setUint32(16, 20_000);
    new DataView(huge.buffer).setUint32(20, 20_000);
    const flipped = whole.slice();
    flipped[60]! ^= 0xff;
    const cases: [string, Uint8Array, RegExp][] = [
      ["empty.png", new Uint8Array(0), /the file is empty/],
      ["text.png", new TextEncoder().encode("Image Index,Finding Labels,Follow-up #"), /not a PNG/],
      ["short.png", whole.slice(0, 5), /not a PNG|cut short/],
      ["header.png", whole.slice(0, 20), /cut short/],
      ["only_header.png", whole.slice(0, 33), /cut short/],
      ["half.png", whole.slice(0, whole.length / 2), /cut short/],
      ["most.png", whole.slice(0, whole.length - 24), /cut short/],
      ["flipped.png", flipped, /damaged/],
      ["huge.png", huge, new RegExp(`20000 x 20000 pixels are more than the ${MOST_PIXELS}`)],
    ];
    for (const [name, bytes, message] of cases) {
      const path = `${folder}/${name}`;
      await Deno.writeFile(path, bytes);
      await assert.rejects(decodeImage(path, 8), (error: Error) => {
        assert(error instanceof InputError, String(error.stack));
        assert(error.message.startsWith(`${path}: `) && !error.message.includes("\n"), error.message);
        assert.match(error.message, message);
        return true;
      }, name);
    }
    await assert.rejects(decodeImage(`${folder}/none.png`, 8), {
      message: `${folder}/none.png: no such file`,
    });
    await assert.rejects(decodeImage(folder, 8), InputError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function readJson(name: string) {
  return JSON.parse(Deno.readTextFileSync(`tests/fixtures/dataset/${name}`));
}

function assertWithinOne(actual: ArrayLike<number>, values: readonly number[], name: string) {
  assert.equal(actual.length, values.length);
  values.forEach((value, i) =>
    assert(Math.abs(actual[i]! - value) <= 1, `${name}[${i}]: ${actual[i]}, not ${value}`)
  );
}
