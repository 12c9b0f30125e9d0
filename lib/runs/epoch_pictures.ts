import { findingTitle } from "../dataset/finding_title.ts";
import { saliency } from "../explanation/saliency.ts";
import { beside } from "../plots/pictures/beside.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { overlay, xray } from "../plots/pictures/overlay.ts";
import { printable } from "../support/printable.ts";
import { tf } from "../tensorflow/mod.ts";
import type { Run } from "./run.ts";

/** Width and height of an image, and of its heat map beside it, in pixels. */
const PICTURE_SIZE = 256;

/** Draws where a network that is being trained looks by now. */
export interface EpochPictures extends Disposable {
  /** The picture with the network's present weights; null where no validation image has a finding. */
  draw(epoch: number): Promise<CaptionedPicture | null>;
}

/**
 * Draws Grad-CAM of one validation image, the same after each epoch: the first with a bounding box, or else the first with
 * a finding.
 */
export function epochPictures({ data: { cache, findings, split, boxes }, model }: Run): EpochPictures {
  const boxed = new Set(boxes.map(({ image }) => image));
  const ill = split.validation.filter(({ labels }) => labels.some((label) => findings.includes(label)));
  const entry = ill.find(({ image }) => boxed.has(image)) ?? ill[0];
  const explain = saliency(model);
  return {
    async draw(epoch) {
      if (entry === undefined) return null;
      const { image, labels } = entry;
      const own = boxes.find((box) => box.image === image && findings.includes(box.label));
      const label = own?.label ?? labels.find((label) => findings.includes(label))!;
      const { size } = cache;
      const pixels = new Uint8Array(size * size);
      cache.read(cache.indexOf(image)!, pixels);
      const input = tf.tensor4d(Float32Array.from(pixels, (value) => value / 255), [1, size, size, 1]);
      const index = tf.tensor2d([findings.indexOf(label)], [1, 1], "int32");
      const map = await explain(input, index).finally(() => tf.dispose([input, index]));
      const heat = map.dataSync() as Float32Array;
      map.dispose();
      const pictures = await Promise.all([
        xray(pixels, { size: PICTURE_SIZE }),
        overlay(pixels, heat, { size: PICTURE_SIZE }),
      ]);
      return {
        png: await beside(pictures, PICTURE_SIZE),
        caption: `${findingTitle(label)}, after epoch ${epoch}\n${printable(image)} of the validation set`,
      };
    },
    [Symbol.dispose]: () => explain.dispose(),
  };
}
