import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type DecodedDicom, decodeDicom } from "../../lib/dataset/dicom/decode_dicom.ts";
import { doubtsOf, pseudonymOf } from "../../lib/dataset/dicom/dicom_tags.ts";
import { readImage } from "../../lib/dataset/read_image.ts";
import { resize } from "../../lib/dataset/resize.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { printable } from "../../lib/support/printable.ts";
import { random } from "../../lib/support/random.ts";
import { temporaryFolder } from "../_folders.ts";
import { PYDICOM_FILES } from "./_pydicom_files.ts";

const FOLDER = "tests/fixtures/dataset/dicom";
const small: Record<string, number[]> = readJson("dicom.json");

/** What pydicom makes of one of its files, or why it can make nothing of it. */
type Expected = {
  width: number;
  height: number;
  mean: number;
  places: number[];
  brightness: number[];
  error?: string;
};
const real: Record<string, Expected> = readJson("pydicom.json");

/** Of 0 (black) to 1 (white): what 16 bits round away. */
const ROUNDED = 0.51 / 65535;

/** What pydicom reads and we refuse, with the reason. */
const REFUSED: [RegExp, RegExp][] = [
  [/32bit|rtdose/, /32 bits a value are not read/],
  [/JPGExtended/, /JPEG of 12 bits a value, which is not read/],
  [/SC_rgb_jpeg\.dcm/, /damaged or cut short/],
  [/ALOKA/, /palette is missing, or is segmented/],
];

/**
 * What we show otherwise: a JPEG of RGB colours that does not say so; and palettes in big endian, whose bytes pydicom
 * does not exchange (the same palettes in little endian agree).
 */
const OTHERWISE = [/SC_jpeg_no_color_transform\.dcm/, /OBXXXX1A_expb/];

const hasRealFiles = existsSync(PYDICOM_FILES);
if (!hasRealFiles) {
  console.log(`skipped in part: ${PYDICOM_FILES} is not there (see tests/dataset/_pydicom_files.ts)`);
}

Deno.test("decodeDicom shows small files of every kind as bright as pydicom does", async () => {
  for (const [name, brightness] of Object.entries(small)) {
    const { image } = await decode(name);
    const { values, white } = image;
    assert.equal(values.length, brightness.length, name);
    assert.equal(image.width * image.height, values.length, name);
    brightness.forEach((value, i) => {
      const off = Math.abs(values[i]! / white - value);
      assert(off <= ROUNDED, `${name}, pixel ${i}: ${values[i]! / white} instead of ${value}`);
    });
  }
});

Deno.test("decodeDicom says what it had to decide", async () => {
  assert.deepEqual((await decode("window")).notes, []);
  assert.deepEqual((await decode("two_frames")).notes, ["first of 2 images"]);
  const [note, ...others] = (await decode("used_range")).notes;
  assert.match(note!, /^no window, and values from \d+ to \d+ of 0 to 65535: brought to their own range$/);
  assert.deepEqual(others, []);
});

Deno.test("decodeDicom reads what it needs of the patient, and a patient's pseudonym is not the number", async () => {
  const { tags } = await decode("tags");
  assert.deepEqual(tags, {
    patientId: "MRN 0042",
    age: 1,
    sex: "F",
    view: "lateral",
    modality: "CR",
    bodyPart: "CHEST",
    burnedIn: true,
  });
  assert.deepEqual(doubtsOf(tags), ["a lateral view, not a frontal one"]);
  const other = { ...tags, view: null, modality: "CT", bodyPart: "HAND" };
  assert.deepEqual(doubtsOf(other), ["modality CT, not a radiograph", "body part HAND, not the chest"]);
  const unsaid = (await decode("explicit_8")).tags;
  assert.deepEqual({ ...unsaid, modality: null }, {
    patientId: null,
    age: null,
    sex: null,
    view: null,
    modality: null,
    bodyPart: null,
    burnedIn: null,
  });
  const pseudonyms = await Promise.all(["MRN 0042", "MRN 0042", "MRN 0043"].map(pseudonymOf));
  assert.match(pseudonyms[0]!, /^[0-9a-f]{16}$/);
  assert.equal(pseudonyms[0], pseudonyms[1]);
  assert.notEqual(pseudonyms[0], pseudonyms[2]);
});

Deno.test("readImage tells a DICOM file by its content, with its preamble or without", async () => {
  await using folder = await temporaryFolder();
  const bytes = await Deno.readFile(`${FOLDER}/implicit_12.dcm`);
  const { image } = await decode("implicit_12");
  const meta = 132;
  const body = bytes.subarray(meta + 12 + new DataView(bytes.buffer).getUint32(meta + 8, true));
  for (
    const [name, content] of [["whole", bytes], ["named.png", bytes], ["bare", body], [
      "meta",
      bytes.subarray(meta),
    ]] as const
  ) {
    const path = join(folder.path, name);
    await Deno.writeFile(path, content);
    const found = await readImage(path);
    assert.equal(found.kind, "dicom");
    assert.deepEqual(found.image, image, name);
  }
});

Deno.test("decodeDicom refuses damaged files with a line, and never hangs", async () => {
  for (const name of Object.keys(small)) {
    const whole = await Deno.readFile(`${FOLDER}/${name}.dcm`);
    const { uniform, integer } = random(3, name);
    for (let k = 0; k < 12; k++) {
      const bytes = k % 3 === 0 ? whole.slice(0, integer(whole.length)) : whole.slice();
      for (let flips = k % 3; flips > 0; flips--) {
        bytes[132 + Math.floor(uniform() * (bytes.length - 132))]! ^= 1 << integer(8);
      }
      try {
        await decodeDicom(bytes);
      } catch (error) {
        assert(error instanceof InputError, `${name}: ${(error as Error).stack}`);
        assert.equal(printable(error.message), error.message);
      }
    }
  }
});

Deno.test({
  name: "decodeDicom agrees with pydicom on its own test files",
  ignore: !hasRealFiles,
  async fn() {
    let equal = 0;
    for (const [name, expected] of Object.entries(real)) {
      if (expected.error !== undefined) continue;
      const bytes = await Deno.readFile(join(PYDICOM_FILES, name));
      const [, reason] = REFUSED.find(([pattern]) => pattern.test(name)) ?? [];
      if (reason !== undefined) {
        await assert.rejects(decodeDicom(bytes), (error: Error) => {
          assert(error instanceof InputError, name);
          assert.match(error.message, reason);
          return true;
        }, name);
        continue;
      }
      const { image: { values, width, height } } = await decodeDicom(bytes);
      assert.deepEqual([width, height], [expected.width, expected.height], name);
      if (OTHERWISE.some((pattern) => pattern.test(name))) continue;
      expected.places.forEach((place, i) => {
        const off = Math.abs(values[place]! / 65535 - expected.brightness[i]!);
        assert(off <= 2 * ROUNDED, `${name}, pixel ${place}: off by ${off}`);
      });
      assert(Math.abs(meanOf(values) - expected.mean) < ROUNDED, name);
      equal++;
    }
    assert.equal(equal, 136);
  },
});

Deno.test({
  name: "decodeDicom gives a real chest radiograph the same pixels in its four encodings",
  ignore: !hasRealFiles,
  async fn() {
    const read = (name: string) => readImage(join(PYDICOM_FILES, "pydicom-data", `${name}.dcm`));
    const files = await Promise.all(["RG1_UNCR", "RG1_J2KR", "RG1_UNCI", "RG1_J2KI"].map(read));
    const [lossless, lossless2000, lossy, lossy2000] = files.map(({ image }) => image);
    assert.deepEqual(lossless, lossless2000);
    assert.deepEqual(lossy, lossy2000);
    // What JPEG 2000 lost is seen in no grey level but a few, and by one only.
    for (const size of [64, 128, 224]) {
      const [a, b] = [lossless!, lossy!].map(({ values, ...shape }) => resize(values, { ...shape, size }));
      const off = a!.map((value, i) => Math.abs(value - b![i]!));
      assert(Math.max(...off) <= 1, `${Math.max(...off)} at ${size}`);
    }
    for (const { tags } of files) {
      assert.deepEqual([tags!.view, tags!.bodyPart, tags!.modality], ["PA", "CHEST", "CR"]);
      assert.deepEqual(doubtsOf(tags!), []);
    }
  },
});

async function decode(name: string): Promise<DecodedDicom> {
  return await decodeDicom(await Deno.readFile(`${FOLDER}/${name}.dcm`));
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length / 65535;
}

function readJson(name: string) {
  return JSON.parse(Deno.readTextFileSync(`tests/fixtures/dataset/${name}`));
}
