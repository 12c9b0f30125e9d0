import { findingTitle } from "../dataset/finding_title.ts";
import { imageMap } from "../explanation/image_map.ts";
import { saliency } from "../explanation/saliency.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { mapBeside } from "../plots/pictures/map_beside.ts";
import { printable } from "../support/printable.ts";
import type { Run } from "./run.ts";

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
      const values = Float32Array.from(pixels, (value) => value / 255);
      const heat = await imageMap(explain, { values, size, finding: findings.indexOf(label) });
      return {
        png: await mapBeside(pixels, heat),
        caption: `${findingTitle(label)}, after epoch ${epoch}\n${printable(image)} of the validation set`,
      };
    },
    [Symbol.dispose]: () => explain.dispose(),
  };
}
