import { Buffer } from "node:buffer";
import { basename } from "node:path";
import sharp from "sharp";
import { readImage } from "../dataset/read_image.ts";
import { type PrepareOptions, preparePixels } from "../dataset/preparation.ts";
import { planCases } from "../phantom/cases.ts";
import { drawPhantom } from "../phantom/draw_phantom.ts";
import { InputError } from "../support/input_error.ts";
import { readRegular } from "../support/regular_file.ts";
import { toBase64 } from "./base64.ts";
import type { PageExample } from "./page_data.ts";

/** An example, and what the network is given of it. */
export interface ReadyExample extends PageExample {
  /** uint8 [imageSize, imageSize] */
  pixels: Uint8Array;
}

/** What phantoms are drawn for: each alone in its image, the last an image without a finding. */
const SHOWN = ["Effusion", "Cardiomegaly", "Pneumothorax", "Mass", null] as const;

/** Their width and height. */
const SIZE = 512;

/** Of a JPEG: some 40 kB an image, where a PNG of the film's noise has 150. */
const QUALITY = 82;

/** Not that of the default phantoms, so that no network was trained on them. */
const SEED = 1895;

/** Phantom radiographs with their boxes. */
export async function phantomExamples(square: PrepareOptions): Promise<ReadyExample[]> {
  const cases = planCases(400, SEED);
  return await Promise.all(SHOWN.map(async (finding) => {
    const wanted = finding === null ? "" : finding;
    const subject = cases.find(({ labels, age }) => labels.join() === wanted && age >= 18)!;
    const { pixels, boxes } = drawPhantom(subject, { seed: SEED, size: SIZE });
    const jpeg = await sharp(Buffer.from(pixels), { raw: { width: SIZE, height: SIZE, channels: 1 } })
      .toColourspace("b-w").jpeg({ quality: QUALITY, mozjpeg: true }).toBuffer();
    const title = finding === null ? "Phantom without a finding" : `Phantom with ${finding.toLowerCase()}`;
    return {
      name: `phantom-${wanted.toLowerCase() || "no-finding"}.jpg`,
      title,
      bytes: toBase64(jpeg),
      boxes,
      pixels: preparePixels({ values: pixels, width: SIZE, height: SIZE, white: 255 }, square),
    };
  }));
}

/**
 * Images that the user names.
 *
 * @throws {InputError} Where one cannot be read, or is a DICOM file.
 */
export async function namedExamples(
  paths: readonly string[],
  square: PrepareOptions,
): Promise<ReadyExample[]> {
  const examples: ReadyExample[] = [];
  for (const path of paths) {
    const { image, kind } = await readImage(path);
    if (kind === "dicom") {
      throw new InputError(`${path}: a DICOM file may say who the patient is: give a PNG or JPEG of it`);
    }
    const bytes = toBase64(await readRegular(path));
    const pixels = preparePixels(image, square);
    examples.push({ name: basename(path), title: basename(path), bytes, boxes: [], pixels });
  }
  return examples;
}
