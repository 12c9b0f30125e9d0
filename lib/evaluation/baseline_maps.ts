import type { Random } from "../support/random.ts";

/** A map over an image that is high where a network found what it looked for. */
export interface SaliencyMap {
  /** [height, width] Row by row; of any scale. */
  values: ArrayLike<number>;
  /** The number of columns, which together span the image's width. */
  width: number;
  /** The number of rows, which together span the image's height. */
  height: number;
}

/** How many hills and valleys a random map has along each side. */
const KNOTS = 4;

/**
 * A random map of the size of another: 4x4 uniform numbers, bilinearly interpolated as if the image's borders met, and
 * moved by a random number of cells, so that its peak is equally likely everywhere.
 */
export function randomMap({ width, height }: SaliencyMap, random: Random): SaliencyMap {
  const knots = Float64Array.from({ length: KNOTS * KNOTS }, () => random.uniform());
  const knot = (column: number, row: number) => knots[(row % KNOTS) * KNOTS + (column % KNOTS)]!;
  const right = random.integer(width);
  const down = random.integer(height);
  const values = new Float64Array(width * height).map((_, cell) => {
    const x = (cell % width + right) % width * KNOTS / width;
    const y = (Math.floor(cell / width) + down) % height * KNOTS / height;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const above = mix(knot(column, row), knot(column + 1, row), x - column);
    const below = mix(knot(column, row + 1), knot(column + 1, row + 1), x - column);
    return mix(above, below, y - row);
  });
  return { values, width, height };
}

/** A cone over the middle of the image, of the size of another map: what knowing nothing but the frame is worth. */
export function centreMap({ width, height }: SaliencyMap): SaliencyMap {
  const values = Float64Array.from(
    { length: width * height },
    (_, cell) =>
      -Math.hypot((cell % width + 0.5) / width - 0.5, (Math.floor(cell / width) + 0.5) / height - 0.5),
  );
  return { values, width, height };
}

function mix(a: number, b: number, share: number): number {
  return a + share * (b - a);
}
