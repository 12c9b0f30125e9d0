import { differenceOf, type Estimate, intervalOf } from "./estimate.ts";
import { estimateMean } from "./estimate_mean.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { indexPatients, type PatientIndex } from "./patient_index.ts";

/** From this similarity on, a heat map of random weights counts as the same as that of the trained ones. */
export const SAME_MAP = 0.5;

/** A mean over maps with its interval, which is null with fewer than three patients. */
export interface MapMean {
  /** The mean. */
  value: number;
  /** Its interval. */
  interval: Interval | null;
  /** The number of maps that it is over. */
  maps: number;
}

/** How alike heat maps are to those of the trained network, once the weights of its last layers are random. */
export interface RandomisedMaps {
  /** The number of layers, from the last one, whose weights are random. */
  layers: number;
  /** Spearman's rank correlation; null where a map of each pair is the same everywhere. */
  spearman: MapMean | null;
  /** The structural similarity; null where it is not defined of any pair. */
  ssim: MapMean | null;
}

/** How much more a map tells than one that knows nothing of the image: the difference of two means. */
export interface MapGain {
  /** The mean less that of the others, over the images that both have a map of. */
  difference: number;
  /** Its interval; null with fewer than three patients, or where both are the same of every patient. */
  interval: Interval | null;
}

/** How a network's scores change as pixels are taken from images in the order of maps, or given back. */
export interface PerturbationScores {
  /**
   * The area under the score, as the highest pixels of the map are replaced by the image's mean grey one after the other,
   * from none to all (Petsiuk et al., "RISE", 2018): low where the map shows what the score rests on.
   */
  deletion: number;
  /** The same as the highest pixels are given back to an image of its mean grey: high where the map shows it. */
  insertion: number;
  /**
   * Half of what the score is higher by without the lowest pixels than without the highest, those removed being filled in
   * from their neighbours, mean over the fractions removed (Rong et al., "ROAD", 2022, as pytorch-grad-cam combines both).
   */
  road: number;
}

/** What is measured of a way to make maps. */
export type PerturbationMeasure = keyof PerturbationScores;

/** The measures, and which sign is good. */
export const PERTURBATION_MEASURES = { deletion: -1, insertion: 1, road: 1 } as const satisfies Record<
  PerturbationMeasure,
  1 | -1
>;

/** How faithful a way of making heat maps is to the network. */
export interface MapMethodFaithfulness {
  /** What makes the maps, such as `grad-cam`, `random` or `prior`. */
  method: string;
  /** The number of maps, one an image and finding. */
  maps: number;
  /** The maps of more and more random layers beside those of the trained network; empty for maps that need no network. */
  randomisation: RandomisedMaps[];
  /**
   * Whether maps change with the weights, by the mean Spearman correlation where all are random: `passed` where its interval
   * ends below 0.5, `failed` where it is 0.5 or more, `unclear` otherwise; null where it was not measured.
   */
  sanity: "passed" | "failed" | "unclear" | null;
  /** The means over maps. */
  scores: Record<PerturbationMeasure, MapMean>;
  /** What they are better by than random maps of the same images; null for those themselves. */
  gains: Record<PerturbationMeasure, MapGain> | null;
  /** The same over the prior maps of the training set's boxes; null for those themselves, or where there are none. */
  gainsOverPrior: Record<PerturbationMeasure, MapGain> | null;
}

/** How faithful heat maps are to the network, of a few images. */
export interface Faithfulness {
  /** The number of images and findings whose maps were checked. */
  maps: number;
  /** The number of patients. */
  patients: number;
  /** The number of the network's layers that have weights. */
  layers: number;
  /** With how many sets of random weights. */
  networks: number;
  /** Into how many steps deletion and insertion are divided. */
  steps: number;
  /** The fractions of the pixels that ROAD removes. */
  removed: number[];
  /** Each way of making maps that made one which is not the same everywhere. */
  methods: MapMethodFaithfulness[];
}

/** What was measured of one map. */
export interface CheckedMap extends PerturbationScores {
  /** The image's patient. */
  patient: string;
  /** [stages] How alike the maps of random weights are to it, mean over the sets of weights; null where it is undefined. */
  similarity: { spearman: number | null; ssim: number | null }[];
}

/** The maps of one method; null where it has none for an image and finding. */
export interface CheckedMethod {
  /** What makes the maps. */
  method: string;
  /** After how many random layers its maps were compared with those of the trained network. */
  stages: readonly number[];
  /** [images] What was measured of each map. */
  checked: readonly (CheckedMap | null)[];
}

/**
 * Sums up what was measured of maps: means with intervals by patient, and what they are better by than random maps and
 * than the prior map.
 *
 * @param methods One has to be `random`; all are of the same images and findings in the same order.
 * @param about How it was measured.
 */
export function summariseFaithfulness(
  methods: readonly CheckedMethod[],
  { level, ...about }: Pick<Faithfulness, "layers" | "networks" | "steps" | "removed"> & IntervalOptions,
): Faithfulness {
  const options = level === undefined ? {} : { level };
  const random = methods.find(({ method }) => method === "random");
  if (random === undefined) throw new RangeError("There are no random maps to compare others with");
  const patients = random.checked.map((map) => map!.patient);
  const index = indexPatients(patients);
  const scored = methods.flatMap(({ method, stages, checked }): MapMethodFaithfulness[] => {
    const places = [...checked.keys()].filter((place) => checked[place] !== null);
    if (places.length === 0) return [];
    const own = places.map((place) => checked[place]!);
    const randomisation = (own[0]?.similarity ?? []).map((_, stage): RandomisedMaps => {
      const mean = (of: "spearman" | "ssim") => {
        const known = own.flatMap(({ similarity }, i) => similarity[stage]![of] === null ? [] : [i]);
        return signedMean(known.map((i) => own[i]!.similarity[stage]![of]!), {
          patients: partOf(index, known.map((i) => places[i]!)),
          ...SIMILARITY,
          ...options,
        });
      };
      return { layers: stages[stage]!, spearman: mean("spearman"), ssim: mean("ssim") };
    });
    const values = (maps: readonly CheckedMap[], of: PerturbationMeasure) => maps.map((map) => map[of]);
    const known = { patients: partOf(index, places), ...options };
    const measures = Object.keys(PERTURBATION_MEASURES) as PerturbationMeasure[];
    const each = <T>(measure: (of: PerturbationMeasure) => T) =>
      Object.fromEntries(measures.map((of) => [of, measure(of)])) as Record<PerturbationMeasure, T>;
    const gainsOver = (other: CheckedMethod | undefined) => {
      const shared = places.filter((place) => other?.checked[place] != null);
      if (other === undefined || other.method === method || shared.length === 0) return null;
      const [mine, theirs] = [checked, other.checked].map((maps) => shared.map((place) => maps[place]!));
      const options = { ...known, patients: partOf(index, shared) };
      return each((of) => signedGain(values(mine!, of), values(theirs!, of), { ...options, ...LIMITS[of] }));
    };
    return [{
      method,
      maps: own.length,
      randomisation,
      sanity: sanityOf(randomisation.at(-1)),
      scores: each((of) => signedMean(values(own, of), { ...known, ...LIMITS[of] })!),
      gains: gainsOver(random),
      gainsOverPrior: gainsOver(methods.find(({ method }) => method === "prior")),
    }];
  });
  return {
    maps: patients.length,
    patients: index.count,
    ...about,
    methods: scored,
  };
}

function sanityOf(last: RandomisedMaps | undefined): MapMethodFaithfulness["sanity"] {
  if (last === undefined || last.spearman === null) return null;
  const { value, interval } = last.spearman;
  if (value >= SAME_MAP) return "failed";
  return interval !== null && interval.high < SAME_MAP ? "passed" : "unclear";
}

function partOf({ ofImage, count }: PatientIndex, places: readonly number[]): PatientIndex {
  return { ofImage: Uint32Array.from(places, (place) => ofImage[place]!), count };
}

interface MeanOptions extends IntervalOptions {
  patients: PatientIndex;
  /** The least that figures may be. */
  least: number;
  /** The most that they may be. */
  most: number;
}

/** Between what similarities lie. */
const SIMILARITY = { least: -1, most: 1 };

/** Between what the measures lie. */
const LIMITS: Readonly<Record<PerturbationMeasure, { least: number; most: number }>> = {
  deletion: { least: 0, most: 1 },
  insertion: { least: 0, most: 1 },
  road: { least: -0.5, most: 0.5 },
};

/** The mean of figures from -1 to 1; null where there are none. */
function signedMean(values: readonly number[], options: MeanOptions): MapMean | null {
  const mean = estimateSigned(values, options);
  if (mean === null) return null;
  const interval = intervalOf(mean, options);
  return {
    value: 2 * mean.value - 1,
    interval: interval && {
      low: Math.max(options.least, 2 * interval.low - 1),
      high: Math.min(options.most, 2 * interval.high - 1),
    },
    maps: values.length,
  };
}

function signedGain(
  values: readonly number[],
  others: readonly number[],
  options: MeanOptions,
): MapGain {
  const { difference, interval } = differenceOf(
    estimateSigned(values, options)!,
    estimateSigned(others, options)!,
    options,
  );
  return {
    difference: 2 * difference,
    interval: interval && {
      low: Math.max(options.least - options.most, 2 * interval.low),
      high: Math.min(options.most - options.least, 2 * interval.high),
    },
  };
}

/**
 * Figures from -1 to 1 as ones from 0 to 1, of which estimates are. What is thought of the variance of one beforehand is that
 * of a figure which may be anything in a range as likely as anything else.
 */
function estimateSigned(
  values: readonly number[],
  { patients, least, most }: Omit<MeanOptions, keyof IntervalOptions>,
): Estimate | null {
  return estimateMean({
    values: Float64Array.from(values, (value) => (value + 1) / 2),
    weights: new Float64Array(values.length).fill(1),
    prior: ((most - least) / 2) ** 2 / 12,
  }, patients);
}
