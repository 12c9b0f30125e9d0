import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { decodeImage } from "../../lib/dataset/decode_image.ts";
import { MOST_PIXELS } from "../../lib/dataset/grey_image.ts";
import { readImage, readImageBytes } from "../../lib/dataset/read_image.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { random } from "../../lib/support/random.ts";

const PNGS = "tests/fixtures/dataset/png";
const JPEGS = "tests/fixtures/dataset/jpeg";
const REAL = "../shared/nih-png";
const expected: Record<string, Record<string, number[]>> = readJson("decode_image.json");
const jpegs: Record<string, number[]> = readJson("jpeg.json");
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

Deno.test("readImage decodes JPEGs of every kind as Pillow does, and turns them upright", async () => {
  for (const [name, values] of Object.entries(jpegs)) {
    const { image, kind } = await readImage(`${JPEGS}/${name}.jpg`);
    assert.equal(kind, "jpeg");
    assert.deepEqual([image.width, image.height, image.white], [20, 20, 255]);
    assert.deepEqual([...image.values], values, name);
  }
});

Deno.test("readImage tells a format by the content, not by the name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [file, kind] of [[`${PNGS}/grey_8.png`, "png"], [`${JPEGS}/grey.jpg`, "jpeg"]] as const) {
      for (const name of ["other.dcm", "none"]) {
        await Deno.copyFile(file, `${folder}/${name}`);
        assert.equal((await readImage(`${folder}/${name}`)).kind, kind);
      }
    }
    const whole = await Deno.readFile(`${JPEGS}/colours_whole.jpg`);
    await Deno.writeFile(`${folder}/half.jpg`, whole.subarray(0, whole.length / 2));
    await assert.rejects(readImage(`${folder}/half.jpg`), {
      name: "InputError",
      message: new RegExp(`^${folder}/half.jpg: damaged or cut short`),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a PNG with a flipped bit or cut short is refused, or read to the same values", async () => {
  const { integer } = random(0, "flipped bits");
  let refused = 0;
  for (const { name } of Deno.readDirSync(PNGS)) {
    const whole = await Deno.readFile(`${PNGS}/${name}`);
    const { image: { values } } = await readImageBytes(whole, name);
    for (let trial = 0; trial < 40; trial++) {
      const damaged = whole.slice(0, trial % 4 === 0 ? integer(whole.length) : whole.length);
      if (trial % 4 !== 0) damaged[integer(whole.length)]! ^= 1 << integer(8);
      try {
        assert.deepEqual((await readImageBytes(damaged, name)).image.values, values, `${name}, ${trial}`);
      } catch (error) {
        assert(error instanceof InputError && error.message.startsWith(`${name}: `), String(error));
        refused++;
      }
    }
  }
  // The others are damaged in their transparency, which is not read.
  assert(refused > 450, `${refused} of 560 were refused`);
});

Deno.test("decodeImage refuses what is no whole PNG, naming the file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const whole = await Deno.readFile(`${PNGS}/rgb_8.png`);
    const huge = whole.slice();
    new DataView(huge.buffer).setUint32(16, 20_000);
    new DataView(huge.buffer).setUint32(20, 20_000);
    const deep = whole.slice();
    new DataView(deep.buffer).setUint32(16, 5792);
    new DataView(deep.buffer).setUint32(20, 5792);
    deep.set([16, 6], 24);
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
      ["deep.png", deep, /5792 x 5792 pixels take 268378112 bytes, more than the 134217728 that are read/],
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
