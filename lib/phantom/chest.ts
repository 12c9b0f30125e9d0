import type { ChestShape } from "./anatomy.ts";

/** A chest as fields of size x size pixels, row by row. What a film shows is worked out from them at the end. */
export interface Chest {
  /** The height and width of the image in pixels. */
  size: number;
  /** Where the organs lie. */
  shape: ChestShape;
  /** Soft tissue and bone in the way of the rays; 1 is about an abdomen. */
  tissue: Float32Array;
  /** Air in the way of the rays, 0 to about 1: what tissue is relieved by. */
  air: Float32Array;
  /** Vessels and other lines inside the lung, seen as far as there is air around them. */
  lines: Float32Array;
  /** The fraction of a pixel that is lung, whatever covers it. */
  lung: Float32Array;
}
