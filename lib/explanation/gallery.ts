import { type Box, BOX_IMAGE_SIZE } from "../dataset/boxes.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import { type Label, LABELS } from "../dataset/labels.ts";
import type { SaliencyMap } from "../evaluation/control_maps.ts";
import type { Rectangle } from "../evaluation/connected_regions.ts";
import { labelColumn, type Predictions } from "../evaluation/predictions.ts";
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

/**
 * Explains each label's most confident true positive: of the images with the finding, the one with the highest
 * score (the first of equal ones). A label that no image has is left out.
 */
export async function gallery(
  model: Model,
  { cache, predictions, boxes }: {
    cache: ImageCache;
    predictions: Predictions;
    boxes: readonly Box[];
  },
  options: Omit<ExplainOptions, "mapSize"> = {},
): Promise<Example[]> {
  const chosen = LABELS.flatMap((label) => mostConfident(predictions, label) ?? []);
  const maps = await explainImages(model, { cache, images: chosen }, options);
  const scale = cache.size / BOX_IMAGE_SIZE;
  return chosen.map(({ image, label, score }, i) => {
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

function mostConfident(
  predictions: Predictions,
  label: Label,
): { image: string; label: Label; score: number } | null {
  const { truth, scores } = labelColumn(predictions, predictions.labels.indexOf(label));
  let best = -1;
  scores.forEach((score, i) => {
    if (truth[i] === 1 && (best < 0 || score > scores[best]!)) best = i;
  });
  return best < 0 ? null : { image: predictions.images[best]!, label, score: scores[best]! };
}

function peakOf({ values, width }: SaliencyMap): { x: number; y: number } | null {
  const cells = Array.from(values);
  const highest = cells.reduce((most, value) => Math.max(most, value), 0);
  if (highest === 0) return null;
  const cell = cells.indexOf(highest);
  return { x: cell % width + 0.5, y: Math.floor(cell / width) + 0.5 };
}
