import type { Box } from "../dataset/box.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import { randomMap, type SaliencyMap } from "../evaluation/baseline_maps.ts";
import {
  type CheckedMap,
  type CheckedMethod,
  type Faithfulness,
  type PerturbationScores,
  summariseFaithfulness,
} from "../evaluation/faithfulness.ts";
import type { IntervalOptions } from "../evaluation/interval.ts";
import { labelColumn, type Predictions } from "../evaluation/predictions.ts";
import { priorMaps } from "../evaluation/prior_map.ts";
import { forward, type Model } from "../model/model.ts";
import { random } from "../support/random.ts";
import { graph, tf } from "../tensorflow/mod.ts";
import { NETWORKS, randomisationSteps, randomisedMaps } from "./_randomised_maps.ts";
import type { ExplainedImages, LabelledImage } from "./explain_images.ts";
import { PERTURBATION, perturbationCurves, perturbationScores } from "./perturbation_curves.ts";
import { layersFromLast } from "./random_weights.ts";

/** How many images the curves of a map are of. */
const IMAGES_A_MAP = 2 * PERTURBATION.steps + 2 * PERTURBATION.removed.length;

/** Two maps in 0..1 that differ by less than this are one: float32 tells no more. */
const SAME = 1e-5;

/** How maps are checked. */
export interface CheckMapsOptions extends IntervalOptions {
  /** The seed of random weights, maps and noise; 0 by default. */
  seed?: number;
  /** The batch size. Default: 32. */
  batchSize?: number;
  /** Called as the work goes on. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the work with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** The images whose maps are checked. */
export interface CheckedImages extends ExplainedImages {
  /** [images] The patient of each. */
  patients: readonly string[];
  /** The bounding boxes of the training set, for the prior maps; empty where it has none. */
  trainingBoxes: readonly Box[];
}

/**
 * Chooses images for a check of maps: each finding's most confident true positive, then each one's second, and so on.
 *
 * @param most How many at most.
 */
export function imagesToCheck(
  predictions: Predictions,
  { most }: { most: number },
): { images: LabelledImage[]; patients: string[] } {
  const ranked = predictions.labels.map((label, i) => {
    const { images, truth, scores } = labelColumn(predictions, i);
    const positive = [...truth.keys()].filter((place) => truth[place] === 1);
    return positive.toSorted((a, b) => scores[b]! - scores[a]!).slice(0, most)
      .map((place) => ({ label, place: images[place]! }));
  });
  const longest = Math.max(0, ...ranked.map(({ length }) => length));
  const chosen = Array.from({ length: longest }, (_, rank) => ranked.flatMap((own) => own[rank] ?? [])).flat()
    .slice(0, most);
  return {
    images: chosen.map(({ label, place }) => ({ image: predictions.images[place]!, label })),
    patients: chosen.map(({ place }) => predictions.patients[place]!),
  };
}

/**
 * Checks whether heat maps of a few images are faithful to the network: whether they change as its weights become random,
 * layer by layer, and how its scores change as pixels are taken away in their order; each method beside random maps and
 * the prior map of the training set's boxes. Null without images.
 */
export async function checkMaps(
  model: Model,
  data: CheckedImages,
  options: CheckMapsOptions = {},
): Promise<Faithfulness | null> {
  const { images, patients, cache, findings, trainingBoxes } = data;
  if (images.length === 0) return null;
  const { seed = 0, batchSize = 32, onProgress, signal, ...intervals } = options;
  const total = randomisationSteps(model) + images.length;
  let done = 0;
  const onStep = () => {
    signal?.throwIfAborted();
    onProgress?.(++done, total);
  };
  signal?.throwIfAborted();
  const explained = await randomisedMaps(model, data, { seed, batchSize, onStep });
  const labels = new Set(images.map(({ label }) => label));
  const priors = priorMaps(trainingBoxes.filter(({ label }) => labels.has(label)), { size: cache.size });
  const methods = [
    ...explained,
    {
      method: "random",
      maps: images.map(({ image, label }, i) =>
        randomMap(explained[0]!.maps[i]!, random(seed, "checked maps", image, label))
      ),
    },
    { method: "prior", maps: images.map(({ label }) => priors.get(label) ?? null) },
  ].map((of) => ({
    stages: [],
    similarity: images.map(() => []),
    ...of,
    checked: [] as (CheckedMap | null)[],
  }));

  using scorer = imageScorer(model, { size: cache.size, batchSize: Math.min(batchSize, IMAGES_A_MAP) });
  for (const [i, { image, label }] of images.entries()) {
    const pixels = pixelsOf(cache, image);
    const output = findings.indexOf(label);
    const known: { map: SaliencyMap; scores: PerturbationScores }[] = [];
    for (const { method, maps, similarity, checked } of methods) {
      const map = maps[i]!;
      if (map === null || isConstant(map)) {
        checked.push(null);
        continue;
      }
      // Where all positions of the feature map weigh the same, HiResCAM is Grad-CAM.
      const scores = known.find((other) => isSame(other.map, map))?.scores ?? perturbationScores(
        await perturbationCurves(map, {
          pixels,
          size: cache.size,
          score: (changed) => scorer.score(changed, output),
        }, { random: random(seed, "perturbation", image, label, method) }),
      );
      known.push({ map, scores });
      checked.push({ patient: patients[i]!, similarity: similarity[i]!, ...scores });
    }
    onStep();
  }
  return summariseFaithfulness(methods satisfies CheckedMethod[], {
    layers: layersFromLast(model).length,
    networks: NETWORKS,
    steps: PERTURBATION.steps,
    removed: [...PERTURBATION.removed],
    ...intervals,
  });
}

function isConstant({ values }: SaliencyMap): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

function isSame(first: SaliencyMap, second: SaliencyMap): boolean {
  for (let i = 0; i < first.values.length; i++) {
    if (!(Math.abs(first.values[i]! - second.values[i]!) <= SAME)) return false;
  }
  return true;
}

/** [size, size] in 0..1. */
function pixelsOf(cache: ImageCache, image: string): Float32Array {
  const grey = new Uint8Array(cache.size ** 2);
  cache.read(cache.indexOf(image)!, grey);
  return Float32Array.from(grey, (value) => value / 255);
}

/** Scores images that are in no cache. */
function imageScorer(model: Model, { size, batchSize }: { size: number; batchSize: number }) {
  const logits = graph(
    (images: tf.Tensor) => forward(model, images as tf.Tensor4D, { training: false }).logits as tf.Tensor,
    { name: "score_changed" },
  );
  async function score(images: readonly Float32Array[], output: number): Promise<number[]> {
    const scores: number[] = [];
    for (let start = 0; start < images.length; start += batchSize) {
      const some = images.slice(start, start + batchSize);
      const full = new Float32Array(batchSize * size * size);
      some.forEach((pixels, i) => full.set(pixels, i * size * size));
      const input = tf.tensor4d(full, [batchSize, size, size, 1]);
      const found = await logits.run(input).finally(() => input.dispose());
      const values = found.dataSync() as Float32Array;
      const outputs = found.shape[1]!;
      found.dispose();
      some.forEach((_, i) => scores.push(1 / (1 + Math.exp(-values[i * outputs + output]!))));
    }
    return scores;
  }
  return { score, [Symbol.dispose]: () => logits.dispose() };
}
