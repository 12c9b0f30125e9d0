import { prepareImage, type PrepareOptions } from "../../dataset/preparation.ts";
import { type FindingScale, judgeFinding } from "../../evaluation/finding_scale.ts";
import type { FindingJudgement } from "../../evaluation/finding_scale.ts";
import { layoutOf, type Likeness, likenessOf, type LikenessReference } from "../../evaluation/likeness.ts";
import { type ImageSource, imageWarnings } from "../../runs/image_warnings.ts";
import { readImage } from "./read_image.ts";
import type { ImageScores, Scorer } from "./scorer.ts";

/** An image that the network has scored. Its pixels are read again when it is shown: they are large. */
export interface Case {
  name: string;
  file: Blob;
  source: ImageSource;
  /** uint8 [imageSize, imageSize]: what the network was given. */
  pixels: Uint8Array;
  scores: ImageScores;
  likeness: Likeness | null;
  warnings: string[];
  /** How long reading and scoring took. */
  milliseconds: { reading: number; scoring: number };
}

/** What images are scored with. */
export interface ReadCaseOptions {
  scorer: Scorer;
  square: PrepareOptions;
  likeness: LikenessReference | null;
}

/**
 * Reads an image and scores it.
 *
 * @throws {InputError} Naming the file where it cannot be read.
 */
export async function readCase(
  file: Blob,
  name: string,
  { scorer, square, likeness: reference }: ReadCaseOptions,
): Promise<Case> {
  const start = performance.now();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { image, ...rest } = await readImage(bytes, name);
  const { pixels, values } = prepareImage(image, square);
  const read = performance.now();
  const scores = await scorer.score(values);
  const milliseconds = { reading: read - start, scoring: performance.now() - read };
  const source: ImageSource = { ...rest, width: image.width, height: image.height };
  const likeness = reference &&
    likenessOf(reference, { features: scores.features, layout: layoutOf(pixels, square.size) });
  const warnings = imageWarnings(source, { pixels, likeness, isForeign: false });
  return { name, file, source, pixels, scores, likeness, warnings, milliseconds };
}

/** Judges a case's findings by their scales. */
export function judgementsOf(
  { scores: { logits } }: Case,
  scales: readonly FindingScale[],
): FindingJudgement[] {
  return scales.map((scale, label) => judgeFinding(scale, 1 / (1 + Math.exp(-logits[label]!))));
}
