import { BOX_IMAGE_SIZE } from "../dataset/box.ts";
import type { Rectangle } from "./connected_regions.ts";
import { coveredShare } from "./covered_share.ts";
import { differenceOf } from "./estimate.ts";
import { estimateMean } from "./estimate_mean.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { indexPatients } from "./patient_index.ts";
import { type Proportion, proportionOf } from "./proportion.ts";

/**
 * Up to which side of a finding's largest box (the root of its area, as a fraction of the image's side) it is of which
 * size. A chest of 35 to 40 cm over the image's width makes a sixteenth 2 to 2.5 cm: a small nodule lies below.
 */
export const BOX_SIZES = [1 / 16, 1 / 8, 1 / 4, 1] as const;

/** A map, the boxes of its finding, and whether its peak and the prior map's are in one. */
export interface PointedMap {
  /** The image's patient. */
  patient: string;
  /** The finding's boxes, in pixels of a 1024x1024 image; at least one. */
  boxes: readonly Rectangle[];
  /** Whether the map's peak is in a box. */
  hit: boolean;
  /** Whether the peak of the prior map of the training set's boxes is; null where there is no such map. */
  priorHit: boolean | null;
}

/** How often the prior map of the training set's boxes hits, which knows nothing of the image. */
export interface PriorPointing {
  /** How often its peak is in a box. */
  pointingGame: Proportion;
  /** How much more often the heat maps' peaks are. */
  difference: number;
  /** Its interval; null with fewer than three patients, or where both hit the same. */
  interval: Interval | null;
}

/** How often peaks of maps are in their finding's boxes. */
export interface PointingScores {
  /** The number of maps. */
  maps: number;
  /** The number of patients. */
  patients: number;
  /** How often the peak is in a box. */
  pointingGame: Proportion;
  /** How often a random point is: the mean fraction of the image that the boxes cover. */
  randomPoint: number;
  /** The prior map in their place; null where one of the maps has none. */
  prior: PriorPointing | null;
}

/** The maps whose finding has a box of one size. */
export interface SizedPointing extends PointingScores {
  /** The side of the finding's largest box, as a fraction of the image's: from this on. */
  from: number;
  /** And below this. */
  below: number;
}

/** Scores peaks. Null without maps. */
export function pointingScores(
  maps: readonly PointedMap[],
  options: IntervalOptions = {},
): PointingScores | null {
  if (maps.length === 0) return null;
  const patients = indexPatients(maps.map(({ patient }) => patient));
  const shareOf = (holds: (map: PointedMap) => boolean) =>
    proportionOf({ images: [...maps.keys()], holds: (i) => holds(maps[i]!), ...options }, patients)!;
  const estimateOf = (holds: (map: PointedMap) => boolean) =>
    estimateMean({
      values: Float64Array.from(maps, (map) => Number(holds(map))),
      weights: new Float64Array(maps.length).fill(1),
    }, patients)!;
  const priorHit = (map: PointedMap) => map.priorHit === true;
  const difference = differenceOf(estimateOf(({ hit }) => hit), estimateOf(priorHit), options);
  return {
    maps: maps.length,
    patients: patients.count,
    pointingGame: shareOf(({ hit }) => hit),
    randomPoint: maps.reduce((sum, { boxes }) => sum + coveredShare(boxes), 0) / maps.length,
    prior: maps.some((map) => map.priorHit === null) ? null : {
      pointingGame: shareOf(priorHit),
      difference: difference.difference,
      interval: difference.interval,
    },
  };
}

/** Scores peaks by the size of what they should hit, the smallest first; sizes without maps are left out. */
export function pointingBySize(maps: readonly PointedMap[], options: IntervalOptions = {}): SizedPointing[] {
  return BOX_SIZES.flatMap((below, i) => {
    const from = BOX_SIZES[i - 1] ?? 0;
    const last = i === BOX_SIZES.length - 1;
    const own = maps.filter(({ boxes }) => {
      const side = Math.sqrt(Math.max(...boxes.map(({ width, height }) => width * height))) / BOX_IMAGE_SIZE;
      return side >= from && (last || side < below);
    });
    const scores = pointingScores(own, options);
    return scores === null ? [] : [{ from, below, ...scores }];
  });
}
