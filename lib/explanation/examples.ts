import { type Box, BOX_IMAGE_SIZE } from "../dataset/box.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import type { Rectangle } from "../evaluation/connected_regions.ts";
import type { SaliencyMap } from "../evaluation/baseline_maps.ts";
import { peakOf } from "../evaluation/peak_of.ts";
import type { Predictions } from "../evaluation/predictions.ts";
import type { Model } from "../model/model.ts";
import { explainImages, type ExplainOptions, type LabelledImage } from "./explain_images.ts";

/** An image with a finding, and where the network saw it. */
export interface Example extends LabelledImage {
  /** The image's score for the label. */
  score: number;
  /** uint8 [size, size], row by row. */
  pixels: Uint8Array;
  /** In 0..1, as large as the image. */
  map: SaliencyMap;
  /** The map's highest place in pixels of the image (the first of equally high ones); null for a map of zeros. */
  peak: { x: number; y: number } | null;
  /** The finding's boxes in pixels of the image; empty where it has none. */
  boxes: Rectangle[];
}

/** What examples are made from. */
export interface ExampleSources {
  /** The images. */
  cache: ImageCache;
  /** The scores of the images. */
  predictions: Predictions;
  /** The boxes of all images. */
  boxes: readonly Box[];
}

/**
 * Explains images, each for one label, and puts together what is to be seen of each.
 *
 * @throws {RangeError} Where the cache or the predictions lack an image.
 */
export async function explainExamples(
  model: Model,
  images: readonly LabelledImage[],
  { cache, predictions, boxes, ...options }: ExampleSources & Omit<ExplainOptions, "mapSize">,
): Promise<Example[]> {
  const places = new Map(predictions.images.map((image, place) => [image, place]));
  const { labels: findings, scores } = predictions;
  const maps = await explainImages(model, { cache, images, findings }, options);
  const scale = cache.size / BOX_IMAGE_SIZE;
  return images.map(({ image, label }, i) => {
    const score = scores[(places.get(image) ?? NaN) * findings.length + findings.indexOf(label)];
    if (score === undefined) throw new RangeError(`The predictions have no score of ${label} for ${image}`);
    const pixels = new Uint8Array(cache.size ** 2);
    cache.read(cache.indexOf(image)!, pixels);
    const own = boxes.filter((box) => box.image === image && box.label === label);
    return {
      image,
      label,
      score,
      pixels,
      map: maps[i]!,
      peak: peakOf(maps[i]!),
      boxes: own.map(({ x, y, width, height }) => ({
        x: x * scale,
        y: y * scale,
        width: width * scale,
        height: height * scale,
      })),
    };
  });
}

/** Every label of the predictions for which an image of them has a box, once. */
export function boxedImages({ predictions, boxes }: Omit<ExampleSources, "cache">): LabelledImage[] {
  const images = new Set(predictions.images);
  const found = new Map<string, LabelledImage>();
  for (const { image, label } of boxes) {
    if (images.has(image) && predictions.labels.includes(label)) {
      found.set(`${image} ${label}`, { image, label });
    }
  }
  return [...found.values()];
}

/** Whether the place of most heat is in one of the finding's boxes. */
export function peakInBox({ peak, boxes }: Pick<Example, "peak" | "boxes">): boolean {
  if (peak === null) return false;
  return boxes.some(({ x, y, width, height }) =>
    peak.x >= x && peak.x <= x + width && peak.y >= y && peak.y <= y + height
  );
}
