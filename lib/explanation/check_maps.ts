import type { Box } from "../dataset/box.ts";
import type { ImageCache } from "../dataset/image_cache.ts";
import { centreMap, randomMap, type SaliencyMap } from "../evaluation/baseline_maps.ts";
import {
  type CheckedMap,
  type CheckedMethod,
  type Faithfulness,
  summariseFaithfulness,
} from "../evaluation/faithfulness.ts";
import type { IntervalOptions } from "../evaluation/interval.ts";
import { spearman, structuralSimilarity } from "../evaluation/map_similarity.ts";
import { labelColumn, type Predictions } from "../evaluation/predictions.ts";
import { priorMaps } from "../evaluation/prior_map.ts";
import { forward, type Model } from "../model/model.ts";
import { random } from "../support/random.ts";
import { graph, tf } from "../tensorflow/mod.ts";
import { CLASS_ACTIVATION_METHODS, classActivationMaps } from "./class_activation_maps.ts";
import { type ExplainedImages, explainInBatches, type LabelledImage } from "./explain_images.ts";
import { PERTURBATION, perturbationCurves, perturbationScores } from "./perturbation_curves.ts";
import { layersFromLast, randomisedModel } from "./random_weights.ts";
import { saliency } from "./saliency.ts";

/** Rows and columns of maps that are compared with each other. */
const COMPARED_SIZE = 64;

/** With how many sets of random weights maps are made. */
const NETWORKS = 2;

/** After how many layers at most, from the last one to all, maps of random weights are made. */
const STAGES = 8;

/** Rows and columns of squares that occlusion covers here, where the image's size allows it. */
const OCCLUSION_SIDE = 8;

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
 * layer by layer, and how its scores change as pixels are taken away in their order; each method beside random maps, a
 * cone over the image's middle, and the prior map of the training set's boxes. Null without images.
 */
export async function checkMaps(
  model: Model,
  data: CheckedImages,
  options: CheckMapsOptions = {},
): Promise<Faithfulness | null> {
  if (data.images.length === 0) return null;
  const { seed = 0, batchSize = 32, onProgress, signal, ...intervals } = options;
  const { images, patients, cache, trainingBoxes } = data;
  const stages = stagesOf(layersFromLast(model).length);
  const total = stages.length * NETWORKS + images.length + 2;
  let done = 0;
  const step = () => {
    signal?.throwIfAborted();
    onProgress?.(++done, total);
  };
  const small = Math.min(COMPARED_SIZE, cache.size);
  const batches = { batchSize: Math.min(batchSize, images.length), signal };
  const comparedMaps = (explain: Parameters<typeof explainInBatches>[0]) =>
    explainInBatches(explain, data, { ...batches, mapSize: small });

  using randomised = randomisedModel(model);
  const explain = classActivationMaps(randomised.model);
  const covered = occlusionOptions(cache.size);
  const occlude = covered && saliency(randomised.model, { method: "occlusion", occlusion: covered });
  const trained: SaliencyMap[][] = [];
  const similarity: Similarities = [];
  try {
    randomised.randomise(0, 0);
    const activations = await explainInBatches(explain, data, batches);
    const compared = await comparedMaps(explain);
    const falls = occlude && await explainInBatches(occlude, data, batches);
    const comparedFalls = occlude && await comparedMaps(occlude);
    activations.forEach((maps, i) => trained.push([...maps, ...falls?.[i] ?? []]));
    step();
    const ofActivations = compared.map((maps) => maps.map(() => stages.map((): Similarity[] => [])));
    for (const [stage, layers] of stages.entries()) {
      for (let network = 0; network < NETWORKS; network++) {
        randomised.randomise(layers, seed + 1 + network);
        const found = await comparedMaps(explain);
        found.forEach((maps, i) =>
          maps.forEach((map, m) => ofActivations[i]![m]![stage]!.push(similarityOf(compared[i]![m]!, map)))
        );
        step();
      }
    }
    // All weights are random by now.
    const last = occlude && await comparedMaps(occlude);
    ofActivations.forEach((of, i) =>
      similarity.push([...of, ...(last ? [[[similarityOf(comparedFalls![i]![0]!, last[i]![0]!)]]] : [])])
    );
    step();
  } finally {
    explain.dispose();
    occlude?.dispose();
  }

  const names = [...CLASS_ACTIVATION_METHODS, ...(occlude ? ["occlusion"] : []), "random", "centre", "prior"];
  const checked = names.map((): (CheckedMap | null)[] => []);
  const labels = new Set(images.map(({ label }) => label));
  const priors = priorMaps(trainingBoxes.filter(({ label }) => labels.has(label)), { size: cache.size });
  using scores = imageScorer(model, { size: cache.size, batchSize });
  for (const [i, { image, label }] of images.entries()) {
    const pixels = pixelsOf(cache, image);
    const index = data.findings.indexOf(label);
    const stream = random(seed, "checked maps", image, label);
    const frame = trained[i]![0]!;
    const maps = [
      ...trained[i]!,
      randomMap(frame, stream),
      centreMap(frame),
      priors.get(label) ?? null,
    ];
    for (const [m, map] of maps.entries()) {
      if (map === null || isConstant(map)) {
        checked[m]!.push(null);
        continue;
      }
      const curves = await perturbationCurves(map, {
        pixels,
        size: cache.size,
        score: (changed) => scores.score(changed, index),
      }, { random: random(seed, "perturbation", image, label, m) });
      const alike = similarity[i]![m] ?? [];
      checked[m]!.push({
        patient: patients[i]!,
        similarity: alike.map(meanSimilarity),
        ...perturbationScores(curves),
      });
    }
    step();
  }
  const methods = names.map((method, m): CheckedMethod => ({
    method,
    stages: method === "occlusion" ? stages.slice(-1) : stages,
    checked: checked[m]!,
  }));
  return summariseFaithfulness(methods, {
    layers: stages.at(-1)!,
    networks: NETWORKS,
    steps: PERTURBATION.steps,
    removed: [...PERTURBATION.removed],
    ...intervals,
  });
}

/** How alike two maps are. */
type Similarity = CheckedMap["similarity"][number];

/** [images][methods][stages][networks] */
type Similarities = Similarity[][][][];

function similarityOf(trained: SaliencyMap, changed: SaliencyMap): Similarity {
  return { spearman: spearman(trained, changed), ssim: structuralSimilarity(trained, changed) };
}

/** The mean over networks, of those that are defined. */
function meanSimilarity(networks: readonly Similarity[]): Similarity {
  const mean = (of: keyof Similarity) => {
    const known = networks.map((each) => each[of]).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return { spearman: mean("spearman"), ssim: mean("ssim") };
}

/** Numbers of layers from 1 to all, at even steps. */
function stagesOf(layers: number): number[] {
  const count = Math.min(STAGES, layers);
  return Array.from(
    { length: count },
    (_, i) => count === 1 ? layers : Math.round(1 + i * (layers - 1) / (count - 1)),
  );
}

/** Squares of a quarter of the image at up to 8x8 places; null where the image's size has no such divisor. */
function occlusionOptions(size: number): { patch: number; stride: number } | null {
  for (let side = OCCLUSION_SIDE; side >= OCCLUSION_SIDE / 2; side--) {
    if (size % side === 0) return { patch: 2 * size / side, stride: size / side };
  }
  return null;
}

function isConstant({ values }: SaliencyMap): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
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
