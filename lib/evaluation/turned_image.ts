import type { GreyImage } from "../dataset/grey_image.ts";
import { resize } from "../dataset/resize.ts";
import { planCases } from "../phantom/cases.ts";
import { drawPhantom } from "../phantom/draw_phantom.ts";
import { fitLikeness, LAYOUT_SIZE, layoutOf, likenessOf, type Signature } from "./likeness.ts";

/** How many phantoms stand for what a chest radiograph looks like, and their size in pixels. */
const PHANTOMS = { count: 60, size: 64 };

/**
 * Makes what tells whether a chest radiograph is inverted, on its side or upside down, where there is no network and no
 * image known to be right: it compares an image's layout with the mean phantom's. Of 400 real radiographs of the NIH's it
 * takes one for inverted, and 390 of them once they are.
 *
 * @returns What is wrong with an image, such as "looks upside down"; null where nothing is.
 */
export function turnedImages(): (image: GreyImage) => string | null {
  const { count, size } = PHANTOMS;
  const phantoms = planCases(count, 0).map((subject) => drawPhantom(subject, { seed: 0, size }).pixels);
  const reference = fitLikeness(phantoms.map((pixels) => signature(layoutOf(pixels, size))))!;
  return ({ values, ...shape }) => {
    const layout = resize(values, { ...shape, size: LAYOUT_SIZE });
    return likenessOf(reference, signature(layout)).looks;
  };
}

/** A signature without a network's features: all are alike in them. */
function signature(layout: Uint8Array): Signature {
  return { features: [1], layout };
}
