import { BOX_IMAGE_SIZE } from "../dataset/box.ts";
import { random } from "../support/random.ts";
import { connectedRegions, type Rectangle } from "./connected_regions.ts";
import { centreMap, randomMap, type SaliencyMap } from "./baseline_maps.ts";
import { coveredShare } from "./covered_share.ts";
import { intervalOf } from "./estimate.ts";
import { estimateMean } from "./estimate_mean.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { indexPatients } from "./patient_index.ts";
import { peakOf } from "./peak_of.ts";
import {
  type PointedMap,
  pointingBySize,
  type PointingScores,
  pointingScores,
  type PriorPointing,
  type SizedPointing,
} from "./pointing_game.ts";
import { type Proportion, proportionOf } from "./proportion.ts";
import { summarise } from "./summary.ts";

/** Where maps normalised to 0..255 are cut (Wang and others, 2017, section 4.2). */
export const MAP_THRESHOLDS = [60, 180] as const;

/** The overlaps that a detection has to exceed: of the detected box (IoBB, Wang's table 4). */
export const IOBB_THRESHOLDS = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** The overlaps that a detection has to exceed: of both boxes together (IoU). */
export const IOU_THRESHOLDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7] as const;

/** How many random maps stand beside each map. */
const RANDOM_MAPS = 20;

/** The map of one label over one image, and where the finding is. */
export interface LocatedMap {
  /** The label. */
  label: string;
  /** The image's patient. */
  patient: string;
  /** The map. */
  map: SaliencyMap;
  /** The finding's boxes in this image, in pixels of a 1024x1024 image; at least one. */
  boxes: readonly Rectangle[];
}

/** How one map meets the boxes of its finding. */
export interface MapScore {
  /** Whether the map's highest cell (the first of equally high ones) has its centre in a box. */
  pointsInside: boolean;
  /**
   * The highest intersection over union of a detected box and a box of the finding, the best being chosen with the
   * finding's box known; 0 without detections.
   */
  iou: number;
  /**
   * Of each detected box, the highest part of its area that lies within one box of the finding: intersection over
   * detected box, IoBB.
   */
  iobb: number[];
}

/** How the maps of a label meet the boxes. */
export interface LocationScores {
  /** The pointing game: how often a map's highest cell is in a box (Zhang and others, 2016, without a margin). */
  pointingGame: Proportion;
  /**
   * The mean over maps of the highest IoU. Which of a map's detected boxes has it is told by the finding's box, so this is an
   * upper bound of what could be had without knowing that. Its interval is null with fewer than three patients.
   */
  iou: { value: number; interval: Interval | null };
  /** How often the highest IoU is above each threshold. */
  iouAbove: { threshold: number; accuracy: Proportion }[];
  /** How often a detected box's IoBB is above each threshold, and how many detections a map are not. */
  iobbAbove: { threshold: number; accuracy: Proportion; falsePositives: number }[];
}

/** A label's maps beside maps that know nothing. */
export interface LabelLocalisation {
  /** The label. */
  name: string;
  /** The number of maps, one for each image in which the finding has a box. */
  maps: number;
  /** The number of patients. */
  patients: number;
  /** The maps' scores. */
  model: LocationScores;
  /** How often a random point is in a box, exactly: the mean fraction of the image that the boxes cover. */
  randomPoint: number;
  /** The scores of 20 random maps for each map: its intervals tell how sure its own figures are. */
  random: LocationScores;
  /** The scores of a cone over the middle of the image. */
  centre: LocationScores;
  /** The prior map of the training set's boxes in the place of the maps; null where that has no box of the label. */
  prior: PriorPointing | null;
  /** The pointing game by size of the boxes, the smallest first. */
  sizes: SizedPointing[];
}

/** Means over labels, each weighing the same; one easy label (Cardiomegaly) can make them high. */
export interface MeanLocalisation {
  /** The mean fraction of the pointing game. */
  pointingGame: number | null;
  /** The mean IoU. */
  iou: number | null;
}

/** How often points lie in the finding's box, over the maps of all labels. */
export interface AllMaps {
  /** The number of maps. */
  maps: number;
  /** The number of patients. */
  patients: number;
  /** The maps' highest cells. */
  pointingGame: Proportion;
  /** A random point. */
  randomPoint: number;
  /** The middle of the image. */
  centre: number;
  /** The prior map of the training set's boxes; null where that lacks boxes of one of the labels. */
  prior: PriorPointing | null;
}

/** How often the peaks of one method's maps lie in the finding's box. */
export interface MethodPointing extends PointingScores {
  /** What makes the maps, such as `grad-cam++`. */
  method: string;
  /** The same by size of the boxes. */
  sizes: SizedPointing[];
}

/** How well maps find the boxes. */
export interface LocalisationMetrics {
  /** Each label that has a box, in order of appearance. */
  labels: LabelLocalisation[];
  /** All maps of all labels together; null where there are none. */
  all: AllMaps | null;
  /** All methods whose maps were made, the one that the other figures are of among them; empty where only that one's were. */
  methods: MethodPointing[];
  /** The means over labels. */
  mean: { model: MeanLocalisation; random: MeanLocalisation; centre: MeanLocalisation };
}

/**
 * Scores one map against the boxes of its finding. The map is brought to 0..255 by its lowest and highest value
 * and cut at 60 and at 180; the rectangles around the regions of both cuts (8-connected) are the detected boxes. A
 * constant map (such as that of a network to which nothing spoke for the finding) points nowhere and detects nothing.
 *
 * @param boxes At least one, in pixels of a 1024x1024 image.
 * @throws {RangeError} When the map's size is not width x height, or a value is not finite.
 */
export function scoreMap({ values, width, height }: SaliencyMap, boxes: readonly Rectangle[]): MapScore {
  if (values.length !== width * height) {
    throw new RangeError(`A map of ${values.length} values is not ${width}x${height}`);
  }
  const cells = new Float64Array(values);
  if (!cells.every(Number.isFinite)) throw new RangeError("A map has a value that is not finite");
  const low = cells.reduce((least, value) => Math.min(least, value), Infinity);
  const high = cells.reduce((most, value) => Math.max(most, value), -Infinity);
  const peak = peakOf({ values, width, height });
  if (peak === null) return { pointsInside: false, iou: 0, iobb: [] };
  const scaled = boxes.map((box) => ({
    x: box.x * width / BOX_IMAGE_SIZE,
    y: box.y * height / BOX_IMAGE_SIZE,
    width: box.width * width / BOX_IMAGE_SIZE,
    height: box.height * height / BOX_IMAGE_SIZE,
  }));
  const detected = MAP_THRESHOLDS.flatMap((threshold) =>
    connectedRegions(cells.map((value) => Number((value - low) / (high - low) * 255 >= threshold)), width)
  );
  const best = (overlap: (found: Rectangle, box: Rectangle) => number) =>
    detected.map((found) => Math.max(...scaled.map((box) => overlap(found, box))));
  return {
    pointsInside: scaled.some((box) => isWithin(peak, box)),
    iou: Math.max(...best((found, box) => {
      const shared = intersection(found, box);
      return shared / (area(found) + area(box) - shared);
    })),
    iobb: best((found, box) => intersection(found, box) / area(found)),
  };
}

/** What localisation is scored with. */
export interface ScoreLocalisationOptions extends IntervalOptions {
  /** The seed of the random maps; 0 by default. */
  seed?: number;
  /** Where the boxes of the training set's images lie, by label (`priorMaps`); none by default. */
  priors?: ReadonlyMap<string, SaliencyMap>;
  /** The maps of other methods for the same images and labels, in the same order, by the method's name. */
  methods?: ReadonlyMap<string, readonly SaliencyMap[]>;
}

/**
 * Scores maps label by label, beside random maps, a map of the middle, and the prior map.
 *
 * @throws {RangeError} As `scoreMap`.
 */
export function scoreLocalisation(
  maps: readonly LocatedMap[],
  { seed = 0, priors = new Map(), methods = new Map(), ...options }: ScoreLocalisationOptions = {},
): LocalisationMetrics {
  const stream = random(seed, "random maps");
  const scored = maps.map((located): ScoredMap => ({
    ...located,
    score: scoreMap(located.map, located.boxes),
  }));
  const priorHits = scored.map(({ label, boxes }) => {
    const prior = priors.get(label);
    return prior === undefined ? null : scoreMap(prior, boxes).pointsInside;
  });
  const indices = new Map(scored.map((map, i) => [map, i]));
  const pointed = (map: ScoredMap): PointedMap => ({
    patient: map.patient,
    boxes: map.boxes,
    hit: map.score.pointsInside,
    priorHit: priorHits[indices.get(map)!]!,
  });
  const labels = [...Map.groupBy(scored, ({ label }) => label)].map(([name, own]): LabelLocalisation => {
    const others = (mapsOf: (map: SaliencyMap) => SaliencyMap[]) =>
      own.flatMap((located) =>
        mapsOf(located.map).map((map) => ({ ...located, score: scoreMap(map, located.boxes) }))
      );
    return {
      name,
      maps: own.length,
      patients: new Set(own.map(({ patient }) => patient)).size,
      model: locationScores(own, options),
      randomPoint: own.reduce((sum, { boxes }) => sum + coveredShare(boxes), 0) / own.length,
      random: locationScores(
        others((map) => Array.from({ length: RANDOM_MAPS }, () => randomMap(map, stream))),
        options,
      ),
      centre: locationScores(others((map) => [centreMap(map)]), options),
      prior: pointingScores(own.map(pointed), options)!.prior,
      sizes: pointingBySize(own.map(pointed), options),
    };
  });
  const overMaps = (of: (label: LabelLocalisation) => number) =>
    labels.reduce((sum, label) => sum + label.maps * of(label), 0) / maps.length;
  const mean = (kind: "model" | "random" | "centre"): MeanLocalisation => ({
    pointingGame: summarise(labels.map((label) => label[kind].pointingGame.value)).mean,
    iou: summarise(labels.map((label) => label[kind].iou.value)).mean,
  });
  return {
    labels,
    all: maps.length === 0 ? null : {
      maps: maps.length,
      patients: new Set(maps.map(({ patient }) => patient)).size,
      pointingGame: shareOf(scored, ({ pointsInside }) => pointsInside, options),
      randomPoint: overMaps(({ randomPoint }) => randomPoint),
      centre: overMaps(({ centre }) => centre.pointingGame.value),
      prior: pointingScores(scored.map(pointed), options)!.prior,
    },
    methods: [...methods].flatMap(([method, own]) => {
      const points = own.map((map, i): PointedMap => ({
        ...pointed(scored[i]!),
        hit: scoreMap(map, scored[i]!.boxes).pointsInside,
      }));
      const scores = pointingScores(points, options);
      return scores === null ? [] : [{ method, ...scores, sizes: pointingBySize(points, options) }];
    }),
    mean: { model: mean("model"), random: mean("random"), centre: mean("centre") },
  };
}

/** A map, or one that knows nothing in its place, with its score. */
type ScoredMap = LocatedMap & { score: MapScore };

function locationScores(maps: readonly ScoredMap[], options: IntervalOptions): LocationScores {
  return {
    pointingGame: shareOf(maps, ({ pointsInside }) => pointsInside, options),
    iou: meanIou(maps, options),
    iouAbove: IOU_THRESHOLDS.map((threshold) => ({
      threshold,
      accuracy: shareOf(maps, ({ iou }) => iou > threshold, options),
    })),
    iobbAbove: IOBB_THRESHOLDS.map((threshold) => ({
      threshold,
      accuracy: shareOf(maps, ({ iobb }) => iobb.some((overlap) => overlap > threshold), options),
      falsePositives: maps.reduce(
        (sum, { score: { iobb } }) => sum + iobb.filter((overlap) => overlap <= threshold).length,
        0,
      ) / maps.length,
    })),
  };
}

function shareOf(
  maps: readonly ScoredMap[],
  holds: (score: MapScore) => boolean,
  options: IntervalOptions,
): Proportion {
  const patients = indexPatients(maps.map(({ patient }) => patient));
  const images = [...maps.keys()];
  return proportionOf({ images, holds: (image) => holds(maps[image]!.score), ...options }, patients)!;
}

function meanIou(maps: readonly ScoredMap[], options: IntervalOptions): LocationScores["iou"] {
  const values = Float64Array.from(maps, ({ score }) => score.iou);
  const weights = new Float64Array(maps.length).fill(1);
  const mean = estimateMean({ values, weights }, indexPatients(maps.map(({ patient }) => patient)))!;
  return { value: mean.value, interval: intervalOf(mean, options) };
}

function isWithin(point: { x: number; y: number }, box: Rectangle): boolean {
  return point.x >= box.x && point.x < box.x + box.width && point.y >= box.y && point.y < box.y + box.height;
}

function intersection(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

function area({ width, height }: Rectangle): number {
  return width * height;
}
