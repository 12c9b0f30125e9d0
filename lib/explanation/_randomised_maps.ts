import type { SaliencyMap } from "../evaluation/baseline_maps.ts";
import type { CheckedMap } from "../evaluation/faithfulness.ts";
import { spearman, structuralSimilarity } from "../evaluation/map_similarity.ts";
import type { Model } from "../model/model.ts";
import { tf } from "../tensorflow/mod.ts";
import { classActivationMaps } from "./class_activation_maps.ts";
import { CLASS_ACTIVATION_METHODS } from "./class_activation_methods.ts";
import { type ExplainBatch, type ExplainedImages, explainInBatches } from "./explain_images.ts";
import { layersFromLast, randomisedModel } from "./random_weights.ts";
import { saliency } from "./saliency.ts";

/** With how many sets of random weights maps are made. */
export const NETWORKS = 2;

/** After how many layers at most, from the last one to all, maps of random weights are made. */
const STAGES = 8;

/** Rows and columns of maps that are compared with each other, at most. */
const COMPARED_SIZE = 64;

/** Rows and columns of squares that occlusion covers here, where the image's size allows it. */
const OCCLUSION_SIDE = 8;

/** How alike two maps are. */
type Similarity = CheckedMap["similarity"][number];

/** A method's maps of some images, and how alike those of random weights are to them. */
export interface RandomisedMethod {
  /** The method's name. */
  method: string;
  /** After how many random layers maps were made. */
  stages: readonly number[];
  /** [images] The trained network's maps, of the images' size. */
  maps: SaliencyMap[];
  /** [images][stages] The means over sets of random weights. */
  similarity: Similarity[][];
}

/** How many steps `randomisedMaps` tells of. */
export function randomisationSteps(model: Model): number {
  return stagesOf(layersFromLast(model).length).length * NETWORKS + 1;
}

/**
 * Makes maps of images by all methods, with the trained weights and, layer by layer from the last one, with random ones.
 * Occlusion, which runs the network for each place, is compared where all weights are random alone.
 */
export async function randomisedMaps(
  model: Model,
  data: ExplainedImages,
  { seed, batchSize, onStep }: { seed: number; batchSize: number; onStep: () => void },
): Promise<RandomisedMethod[]> {
  const { images, cache } = data;
  const stages = stagesOf(layersFromLast(model).length);
  const batches = { batchSize: Math.min(batchSize, images.length) };
  const small = { ...batches, mapSize: Math.min(COMPARED_SIZE, cache.size) };
  using randomised = randomisedModel(model);
  const explain = classActivationMaps(randomised.model);
  const covered = occlusionOptions(cache.size);
  const occlude = covered && saliency(randomised.model, { method: "occlusion", occlusion: covered });

  /** Maps of the images' size, and those that are compared, of one explanation. */
  async function inTwoSizes(explain: ExplainBatch) {
    const kept: tf.Tensor4D[] = [];
    const large = await explainInBatches(
      async (images, labels) => {
        const maps = await explain(images, labels);
        kept.push(tf.clone(maps));
        return maps;
      },
      data,
      batches,
    );
    return [large, await explainInBatches(() => Promise.resolve(kept.shift()!), data, small)] as const;
  }

  try {
    randomised.randomise(0, seed);
    const [maps, compared] = await inTwoSizes(explain);
    const [falls, comparedFalls] = occlude ? await inTwoSizes(occlude) : [[], []];
    onStep();
    const found: Similarity[][][][] = CLASS_ACTIVATION_METHODS.map(() =>
      images.map(() => stages.map(() => []))
    );
    for (const [stage, layers] of stages.entries()) {
      for (let network = 0; network < NETWORKS; network++) {
        randomised.randomise(layers, seed + 1 + network);
        const changed = await explainInBatches(explain, data, small);
        changed.forEach((own, i) =>
          own.forEach((map, m) => found[m]![i]![stage]!.push(similarityOf(compared[i]![m]!, map)))
        );
        onStep();
      }
    }
    // All weights are random by now.
    const changedFalls = occlude ? await explainInBatches(occlude, data, small) : [];
    return [
      ...CLASS_ACTIVATION_METHODS.map((method, m): RandomisedMethod => ({
        method,
        stages,
        maps: maps.map((own) => own[m]!),
        similarity: found[m]!.map((own) => own.map(meanSimilarity)),
      })),
      ...(occlude
        ? [{
          method: "occlusion",
          stages: stages.slice(-1),
          maps: falls.map(([map]) => map!),
          similarity: changedFalls.map(([map], i) => [similarityOf(comparedFalls[i]![0]!, map!)]),
        }]
        : []),
    ];
  } finally {
    explain.dispose();
    occlude?.dispose();
  }
}

function similarityOf(trained: SaliencyMap, changed: SaliencyMap): Similarity {
  return { spearman: spearman(trained, changed), ssim: structuralSimilarity(trained, changed) };
}

/** The mean over sets of weights, of those that are defined. */
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
  const between = (i: number) => Math.round(1 + i * (layers - 1) / (count - 1));
  return count === 1 ? [layers] : Array.from({ length: count }, (_, i) => between(i));
}

/** Squares of a quarter of the image at up to 8x8 places; null where the image's size has no such divisor. */
function occlusionOptions(size: number): { patch: number; stride: number } | null {
  for (let side = OCCLUSION_SIDE; side >= OCCLUSION_SIDE / 2; side--) {
    if (size % side === 0) return { patch: 2 * size / side, stride: size / side };
  }
  return null;
}
