import type { Box } from "../dataset/box.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import type { Entry } from "../dataset/entry.ts";
import type { SaliencyMap } from "../evaluation/baseline_maps.ts";
import type { IntervalOptions } from "../evaluation/interval.ts";
import { type LocalisationMetrics, type LocatedMap, scoreLocalisation } from "../evaluation/localisation.ts";
import { priorMaps } from "../evaluation/prior_map.ts";
import type { ResampleOptions } from "../evaluation/resample_patients.ts";
import type { Model } from "../model/model.ts";
import { classActivationMaps } from "./class_activation_maps.ts";
import { CLASS_ACTIVATION_METHODS } from "./class_activation_methods.ts";
import { explainInBatches, type ExplainOptions } from "./explain_images.ts";

/** Rows and columns of the maps that are scored: 16 pixels of the boxes' images a cell. */
const MAP_SIZE = 64;

/** How often points lie in the finding's box: fractions in 0..1. */
export interface PointScores {
  /** The number of maps, one for each image in which the finding has a box. */
  maps: number;
  /** The peaks of the maps. */
  peak: number;
  /** Random points: the mean fraction of the image that the boxes cover. */
  random: number;
  /** The middle of the image. */
  centre: number;
}

/** How well a network's saliency maps find the boxes of images. */
export interface BoxScores {
  /** How well the maps agree with the boxes. */
  localisation: LocalisationMetrics;
  /** By label, in order of appearance. */
  points: Map<string, PointScores>;
  /** Over the maps of all labels. */
  all: PointScores;
}

/** Images with boxes. */
export interface BoxedData {
  /** The images. */
  cache: ImageCache;
  /** What the data set says of them. */
  entries: readonly Entry[];
  /** The findings, in the order of the network's outputs. */
  findings: readonly string[];
  /** The bounding boxes. */
  boxes: readonly Box[];
  /** The bounding boxes of the images that the network was trained on, for the prior maps; none by default. */
  trainingBoxes?: readonly Box[];
}

/** How maps are made, and how their figures' intervals are. */
export interface ScoreBoxesOptions
  extends
    Omit<ExplainOptions, "mapSize" | "method" | "layer" | "occlusion">,
    ResampleOptions,
    IntervalOptions {}

/**
 * Explains each label of an image that has a box, and scores the maps against the boxes: those of Grad-CAM in all ways, those
 * of its kin by their peaks, beside the prior map of the training set's boxes.
 *
 * @param data `entries` are the images to look at, such as the test set's, and `findings` those that the network
 * scores; boxes of others are left out.
 * @returns null where no image has a box.
 */
export async function scoreBoxes(
  model: Model,
  data: BoxedData,
  options: ScoreBoxesOptions = {},
): Promise<BoxScores | null> {
  const { trainingBoxes = [] } = data;
  const { located, methods } = await locate(model, data, options);
  if (located.length === 0) return null;
  const localisation = scoreLocalisation(located, {
    ...options,
    methods,
    priors: priorMaps(trainingBoxes, { size: MAP_SIZE }),
  });
  const points = new Map(localisation.labels.map(({ name, maps, model, randomPoint, centre }) => [name, {
    maps,
    peak: model.pointingGame.value,
    random: randomPoint,
    centre: centre.pointingGame.value,
  }]));
  const mean = (of: keyof PointScores) =>
    [...points.values()].reduce((sum, label) => sum + label.maps * label[of], 0) / located.length;
  const all = { maps: located.length, peak: mean("peak"), random: mean("random"), centre: mean("centre") };
  return { localisation, points, all };
}

async function locate(
  model: Model,
  { cache, entries, findings, boxes }: BoxedData,
  options: ScoreBoxesOptions,
): Promise<{ located: LocatedMap[]; methods: Map<string, SaliencyMap[]> }> {
  const patients = new Map(entries.map(({ image, patient }) => [image, patient]));
  const found = Map.groupBy(
    boxes.filter(({ image, label }) => patients.has(image) && findings.includes(label)),
    ({ image, label }) => `${image} ${label}`,
  );
  const images = [...found.values()].map(([box]) => ({ image: box!.image, label: box!.label }));
  const explain = classActivationMaps(model);
  const maps = await explainInBatches(explain, { cache, images, findings }, {
    ...options,
    mapSize: MAP_SIZE,
    each: CLASS_ACTIVATION_METHODS.length,
  }).finally(() => explain.dispose());
  const ofMethod = (m: number) => maps.map((own) => own[m]!);
  const gradCam = ofMethod(CLASS_ACTIVATION_METHODS.indexOf("grad-cam"));
  return {
    located: [...found.values()].map((boxes, i): LocatedMap => {
      const { image, label } = images[i]!;
      return { label, patient: patients.get(image)!, map: gradCam[i]!, boxes };
    }),
    methods: new Map(CLASS_ACTIVATION_METHODS.map((method, m) => [method, ofMethod(m)])),
  };
}
