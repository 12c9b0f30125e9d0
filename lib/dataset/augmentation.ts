import type { Random } from "../support/random.ts";

/** How much the images of the training set are changed; what is not given stays as it is. */
export interface Augmentation {
  /** The farthest shift along each axis, either way, in sides of the image: 0.05 is 5 %. */
  shift?: number;
  /** The greatest rotation about the centre, either way, in degrees. */
  rotation?: number;
  /** The greatest enlargement: 0.1 draws a factor from 1 / 1.1 to 1.1, log-uniform. */
  zoom?: number;
  /** The greatest change of brightness: 0.1 draws a factor from 0.9 to 1.1. */
  brightness?: number;
  /** Whether half of the images are mirrored; this breaks laterality, the heart comes to lie on the right. */
  flip?: boolean;
}

/** What a technician's hand and an exposure vary, and no more: no flip, as a heart on the right is a finding. */
export const DEFAULT_AUGMENTATION: Augmentation = { shift: 0.05, rotation: 5, zoom: 0.1, brightness: 0.1 };

/** One drawn change of an image, applied in the order flip, zoom, rotation, shift, brightness. */
export interface Change {
  /** Pixels to the right. */
  right: number;
  /** Pixels downwards. */
  down: number;
  /** Radians about the centre, against the clock. */
  angle: number;
  /** The factor by which the image is enlarged about its centre, above 0. */
  zoom: number;
  /** The factor of every grey value. */
  brightness: number;
  /** Whether the image is mirrored from left to right. */
  flip: boolean;
}

/** The image and its change for `applyChange`. */
export interface ApplyChangeOptions {
  /** Pixels a row and rows of the image, at least 2. */
  size: number;
  /** What to do with it. */
  change: Change;
  /** The image's value of white. Default: 255. */
  white?: number;
}

/** Draws a change for an image of size x size pixels. Six numbers are taken whatever is asked for. */
export function drawChange(
  augmentation: Augmentation,
  { size, random }: { size: number; random: Random },
): Change {
  const { shift = 0, rotation = 0, zoom = 0, brightness = 0, flip = false } = augmentation;
  const eitherWay = () => 2 * random.uniform() - 1;
  return {
    right: eitherWay() * shift * size,
    down: eitherWay() * shift * size,
    angle: eitherWay() * rotation * Math.PI / 180,
    zoom: (1 + zoom) ** eitherWay(),
    brightness: 1 + eitherWay() * brightness,
    flip: random.uniform() < 0.5 && flip,
  };
}

/**
 * Changes a grey image, 0 to `white`, into one of 0 to 1. Each pixel is interpolated bilinearly where it came from; beyond
 * the edge the nearest edge pixel is repeated (as Keras' fill mode "nearest"). Brighter than white is white.
 *
 * @param into Takes float32 [size, size].
 */
export function applyChange(
  image: Uint8Array | Float32Array,
  into: Float32Array,
  { size, change, white = 255 }: ApplyChangeOptions,
): void {
  const { right, down, angle, zoom, brightness, flip } = change;
  const centre = (size - 1) / 2;
  const along = Math.cos(angle) / zoom;
  const across = Math.sin(angle) / zoom;
  const mirror = flip ? -1 : 1;
  const last = size - 1;
  const scale = brightness / white;
  for (let y = 0, to = 0; y < size; y++) {
    const v = y - down - centre;
    for (let x = 0; x < size; x++, to++) {
      const u = x - right - centre;
      const sourceX = clamp(centre + mirror * (along * u - across * v), last);
      const sourceY = clamp(centre + across * u + along * v, last);
      const column = Math.min(Math.floor(sourceX), last - 1);
      const row = Math.min(Math.floor(sourceY), last - 1);
      const rightwards = sourceX - column;
      const downwards = sourceY - row;
      const at = row * size + column;
      const above = image[at]! * (1 - rightwards) + image[at + 1]! * rightwards;
      const below = image[at + size]! * (1 - rightwards) + image[at + size + 1]! * rightwards;
      into[to] = Math.min(1, (above * (1 - downwards) + below * downwards) * scale);
    }
  }
}

function clamp(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value;
}
