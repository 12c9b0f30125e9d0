import type { ImageCache } from "./image_cache.ts";

/** Whether a place is covered: x and y are fractions of the image's sides, from the upper left corner. */
type Region = (x: number, y: number) => boolean;

/** How much of each side is a border, and a corner. */
const [BORDER, CORNER] = [0.1, 0.2];

/** Where the lungs lie in most frontal radiographs: two upright ellipses. Nobody outlined those of any image. */
const LUNGS = { centres: [0.3, 0.7], height: 0.46, across: 0.2, down: 0.36 };

const isBorder: Region = (x, y) => Math.min(x, y, 1 - x, 1 - y) < BORDER;
const isCorner: Region = (x, y) => Math.max(Math.min(x, 1 - x), Math.min(y, 1 - y)) < CORNER;
const isLung: Region = (x, y) =>
  LUNGS.centres.some((centre) =>
    ((x - centre) / LUNGS.across) ** 2 + ((y - LUNGS.height) / LUNGS.down) ** 2 < 1
  );

const REGIONS = {
  "corners": isCorner,
  "border": isBorder,
  "all-but-border": (x, y) => !isBorder(x, y),
  "lungs": isLung,
  "all-but-lungs": (x, y) => !isLung(x, y),
} as const satisfies Record<string, Region>;

/** Parts of an image that may be covered: squares of a fifth of each side in the corners, where markers are; a border of a tenth; two ellipses over the lungs; and what is not those. */
export type CoveredRegion = keyof typeof REGIONS;

/** All {@linkcode CoveredRegion}s. */
export const COVERED_REGIONS = Object.keys(REGIONS) as readonly CoveredRegion[];

/** [size x size] 1 for each pixel whose middle is in a region, row by row. */
export function coveredPixels(region: CoveredRegion, { size }: { size: number }): Uint8Array {
  return new Uint8Array(size * size).map((_, place) =>
    Number(REGIONS[region]((place % size + 0.5) / size, (Math.floor(place / size) + 0.5) / size))
  );
}

/**
 * The images of a cache with some pixels covered by the mean grey of the others, rounded to a grey level: so nothing of what
 * is covered shows, its brightness neither.
 */
export function coveredCache(cache: ImageCache, covered: Uint8Array): ImageCache {
  return {
    size: cache.size,
    names: cache.names,
    indexOf: (name) => cache.indexOf(name),
    read(index, into) {
      cache.read(index, into);
      let [sum, left] = [0, 0];
      for (let place = 0; place < covered.length; place++) {
        if (covered[place] === 1) continue;
        sum += into[place]!;
        left++;
      }
      const grey = Math.round(sum / Math.max(1, left));
      for (let place = 0; place < covered.length; place++) if (covered[place] === 1) into[place] = grey;
    },
    [Symbol.dispose]: () => {},
  };
}
