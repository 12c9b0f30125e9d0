/** The width and height in pixels of the images that boxes are given in. */
export const BOX_IMAGE_SIZE = 1024;

/**
 * A rectangle around one finding, y downwards, in pixels of an image of 1024x1024: for images of other sizes as if they
 * had been squeezed to that.
 */
export interface Box {
  /** The image's name. */
  image: string;
  /** The finding inside. */
  label: string;
  /** The left edge. */
  x: number;
  /** The upper edge. */
  y: number;
  /** The width, above 0. */
  width: number;
  /** The height, above 0. */
  height: number;
}
