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
