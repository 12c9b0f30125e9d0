import type { Entry } from "../dataset/entry.ts";
import {
  differenceOf,
  type Estimate,
  type EstimatedDifference,
  intervalOf,
  meanOfEstimates,
} from "./estimate.ts";
import { estimateAuc } from "./estimate_auc.ts";
import { holm } from "./holm.ts";
import { imagesWhere } from "./images_where.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { countPatients, indexPatients, type PatientIndex, patientsOf } from "./patient_index.ts";
import { labelColumn, type Predictions, selectPlaces } from "./predictions.ts";
import {
  estimateRates,
  gapsOf,
  type LabelRates,
  labelRates,
  type MeanRate,
  meanRate,
  type Rate,
  RATE_NAMES,
  type RatedColumn,
  type RateEstimates,
} from "./subgroup_rates.ts";

/** What images are told apart by. */
export type Attribute = "sex" | "age" | "view" | "visit";

/** Some images that have an attribute in common. */
export interface Subgroup {
  /** What they are told apart by. */
  attribute: Attribute;
  /** What they have in common, such as `F`, `40 to 59`, `AP` or `later`. */
  value: string;
  /** The indices of the images. */
  images: Uint32Array;
}

/** How a network does on a subgroup. */
export interface SubgroupMetrics {
  /** What the images are told apart by. */
  attribute: Attribute;
  /** What they have in common. */
  value: string;
  /** The number of images. */
  images: number;
  /** The number of patients. */
  patients: number;
  /** Each label's AUC among these images, null where it is undefined, and its rates. */
  labels: SubgroupLabel[];
  /** The mean of the AUCs that are defined; null where none is. */
  meanAuc: number | null;
  /** Its interval. */
  meanAucInterval: Interval | null;
  /**
   * The mean AUC less that of the attribute's largest subgroup, over the labels that have an AUC in both; null in
   * the largest itself, or where there are no such labels.
   */
  difference: number | null;
  /** Its interval, with the covariance that patients in both bring. */
  differenceInterval: Interval | null;
  /**
   * The p-value of no difference, made larger for the number of all comparisons of means between subgroups and intersections
   * (Holm, 1979); null where there is none.
   */
  differencePValue: number | null;
  /** The means over labels of the rates at the run's thresholds; their gaps' p-values are of the same adjustment. */
  rates: Record<Rate, MeanRate>;
}

/** A label in a subgroup. */
export interface SubgroupLabel extends LabelRates {
  /** The label. */
  name: string;
  /** The number of images with the finding. */
  positives: number;
  /** The AUC; null where it is undefined. */
  auc: number | null;
  /** Its interval. */
  aucInterval: Interval | null;
}

/** How a network does on images that have two attributes in common. */
export interface IntersectionMetrics {
  /** What the images are told apart by. */
  attributes: [Attribute, Attribute];
  /** What they have in common, such as `F` and `40 to 59`. */
  values: [string, string];
  /** The number of images. */
  images: number;
  /** The number of patients. */
  patients: number;
  /** The means over labels of the rates, with gaps to the largest intersection of the same attributes. */
  rates: Record<Rate, MeanRate>;
}

/** Intersections with fewer patients than this are left out: of so few nothing could be told. */
export const FEWEST_OF_INTERSECTION = 30;

/** Stands for the place of an image whose ground truth is unknown. */
const UNRATED = 2 ** 32 - 1;

/** How the scores of subgroups are made. */
export interface ScoreSubgroupsOptions extends IntervalOptions {
  /** [L] Each label's threshold, null where there is none: an image is called positive from it on. None by default. */
  thresholds?: readonly (number | null)[];
  /** [L] Makes a probability of a label's score; null where nothing does. None by default. */
  probabilities?: readonly (((score: number) => number) | null)[];
}

/** How a network does on subgroups and on their intersections. */
export interface SubgroupScores {
  /** Subgroups by one attribute. */
  subgroups: SubgroupMetrics[];
  /** Subgroups by two, where there are patients enough. */
  intersections: IntersectionMetrics[];
}

const AGES = [
  { below: 18, value: "under 18" },
  { below: 40, value: "18 to 39" },
  { below: 60, value: "40 to 59" },
  { below: 80, value: "60 to 79" },
  { below: Infinity, value: "80 and over" },
] as const;

/** The values of each attribute, in the order in which they are shown. */
const VALUES: Record<Attribute, readonly string[]> = {
  sex: ["F", "M", "unknown"],
  age: [...AGES.map(({ value }) => value), "unknown"],
  view: ["PA", "AP", "lateral", "unknown"],
  visit: ["first", "later", "unknown"],
};

/** The value that an image has of an attribute. */
export function attributeOf({ sex, age, view, followUp }: Entry, attribute: Attribute): string {
  switch (attribute) {
    case "sex":
      return sex ?? "unknown";
    case "view":
      return view ?? "unknown";
    case "visit":
      return followUp === null ? "unknown" : followUp === 0 ? "first" : "later";
    case "age":
      return age === null ? "unknown" : AGES.find(({ below }) => age < below)!.value;
  }
}

/**
 * Divides images by sex, age band, view, and first or later visit; subgroups without images are left out, and so is what
 * is unknown of all images.
 */
export function subgroupsOf(entries: readonly Entry[]): Subgroup[] {
  return (Object.keys(VALUES) as Attribute[]).flatMap((attribute) => {
    const codes = codesOf(entries, attribute);
    const unknown = VALUES[attribute].indexOf("unknown");
    if (codes.every((code) => code === unknown)) return [];
    return VALUES[attribute].map((value, code) => ({
      attribute,
      value,
      images: imagesWhere(codes, (own) => own === code),
    })).filter(({ images }) => images.length > 0);
  });
}

/** [images] Which of an attribute's `VALUES` each image has, by its index. */
export function codesOf(entries: readonly Entry[], attribute: Attribute): Uint8Array {
  const values = VALUES[attribute];
  const codes = new Uint8Array(entries.length);
  for (let image = 0; image < codes.length; image++) {
    codes[image] = values.indexOf(attributeOf(entries[image]!, attribute));
  }
  return codes;
}

/** Images that have two attributes in common, where they are of enough patients; what is unknown is left out. */
function intersectionsOf(entries: readonly Entry[], patients: PatientIndex) {
  const attributes = Object.keys(VALUES) as Attribute[];
  const codes = new Map(attributes.map((attribute) => [attribute, codesOf(entries, attribute)]));
  return attributes.flatMap((first, i) =>
    attributes.slice(i + 1).flatMap((second) => {
      const [ofFirst, ofSecond] = [codes.get(first)!, codes.get(second)!];
      return VALUES[first].flatMap((a, codeA) =>
        VALUES[second].flatMap((b, codeB) => {
          if (a === "unknown" || b === "unknown") return [];
          const images = imagesWhere(ofFirst, (own, image) => own === codeA && ofSecond[image] === codeB);
          const count = countPatients(patients, images);
          if (count < FEWEST_OF_INTERSECTION) return [];
          return [{
            attributes: [first, second] as [Attribute, Attribute],
            values: [a, b] as [string, string],
            images,
            patients: count,
          }];
        })
      );
    })
  );
}

/**
 * Scores a network on each subgroup, and on each intersection of two that has patients enough, so that a shortcut or an
 * injustice shows: AUC, sensitivity and specificity at the run's thresholds, calibration. Comparisons are with the largest
 * subgroup of the attribute. One adjustment (Holm) is made for all comparisons of means over labels; the gaps of single
 * labels have intervals and no p-values, as of so many nothing would be left.
 *
 * @param entries The metadata of the images of the predictions, in their order.
 * @throws {RangeError} When the metadata are of other images.
 */
export function scoreSubgroups(
  predictions: Predictions,
  entries: readonly Entry[],
  { thresholds = [], probabilities = [], ...options }: ScoreSubgroupsOptions = {},
): SubgroupScores {
  assertSameImages(predictions, entries);
  const patients = indexPatients(predictions.patients);
  const columns = predictions.labels.map(
    (_, label): RatedColumn & { patients: PatientIndex; places: Uint32Array | null } => {
      const column = labelColumn(predictions, label);
      const hasAll = column.images.length === entries.length;
      const threshold = thresholds[label] ?? null;
      const probability = probabilities[label] ?? null;
      return {
        column,
        called: threshold === null ? null : calledFrom(column.scores, threshold),
        probabilities: probability && column.scores.map(probability),
        patients: hasAll ? patients : patientsOf(patients, column.images),
        places: hasAll ? null : placesIn(column.images, entries.length),
      };
    },
  );
  const placesOf = (images: Uint32Array): Uint32Array[] =>
    columns.map(({ places }) => {
      if (places === null) return images;
      const rated = new Uint32Array(images.length);
      let count = 0;
      for (let i = 0; i < images.length; i++) {
        const place = places[images[i]!]!;
        if (place !== UNRATED) rated[count++] = place;
      }
      return rated.subarray(0, count);
    });
  const estimated = (places: readonly Uint32Array[]): RateEstimates[] =>
    columns.map((column, label) =>
      estimateRates(column, { inside: places[label]!, patients: column.patients })
    );
  const meansOf = (own: readonly RateEstimates[], largest: readonly RateEstimates[] | null) =>
    Object.fromEntries(
      RATE_NAMES.map((rate) => [rate, meanRate(rate, { own, largest }, options)]),
    ) as Record<Rate, MeanRate>;

  // The largest is kept, the others are scored one by one: what patients move in all labels takes much memory.
  const subgroups = byAttribute(subgroupsOf(entries), ({ attribute }) => attribute).flatMap((together) => {
    const scored = (subgroup: Subgroup) => {
      const places = placesOf(subgroup.images);
      const labels = predictions.labels.map((name, label) => {
        const { column, patients } = columns[label]!;
        const selected = selectPlaces(column, places[label]!);
        return {
          name,
          positives: selected.truth.reduce((sum, value) => sum + value, 0),
          estimate: estimateAuc(selected, patientsOf(patients, places[label]!)),
        };
      });
      return {
        subgroup,
        patients: countPatients(patients, subgroup.images),
        labels,
        places,
        rated: estimated(places),
      };
    };
    const largestSubgroup = largestOf(together);
    const largest = scored(largestSubgroup);
    return together.map((subgroup): SubgroupMetrics => {
      const isLargest = subgroup === largestSubgroup;
      const own = isLargest ? largest : scored(subgroup);
      const { attribute, value, images } = subgroup;
      const mean = meanOfEstimates(own.labels.flatMap(({ estimate }) => estimate ? [estimate] : []));
      const shared = isLargest ? [] : own.labels.flatMap(({ estimate }, label) => {
        const other = largest.labels[label]!.estimate;
        return estimate && other ? [{ estimate, other }] : [];
      });
      const difference = differenceOfMeans(shared, options);
      return {
        attribute,
        value,
        images: images.length,
        patients: own.patients,
        labels: own.labels.map(({ name, positives, estimate }, label) => ({
          name,
          positives,
          auc: estimate && estimate.value,
          aucInterval: estimate && intervalOf(estimate, options),
          ...labelRates(columns[label]!, {
            inside: own.places[label]!,
            patients: columns[label]!.patients,
            calibration: own.rated[label]!.calibration,
            ...options,
          }),
          gaps: gapsOf(own.rated[label]!, isLargest ? null : largest.rated[label]!, options),
        })),
        meanAuc: mean && mean.value,
        meanAucInterval: mean && intervalOf(mean, options),
        difference: difference && difference.difference,
        differenceInterval: difference && difference.interval,
        differencePValue: difference && difference.pValue,
        rates: meansOf(own.rated, isLargest ? null : largest.rated),
      };
    });
  });
  const isRated = columns.some(({ called, probabilities }) => called !== null || probabilities !== null);
  const found = isRated ? intersectionsOf(entries, patients) : [];
  const intersections = byAttribute(found, ({ attributes }) => String(attributes)).flatMap((together) => {
    const largestOfAll = largestOf(together);
    const largest = estimated(placesOf(largestOfAll.images));
    return together.map(({ images, ...own }): IntersectionMetrics => {
      const isLargest = images === largestOfAll.images;
      return {
        ...own,
        images: images.length,
        rates: isLargest ? meansOf(largest, null) : meansOf(estimated(placesOf(images)), largest),
      };
    });
  });
  return adjusted({ subgroups, intersections });
}

/** [n] The place of each of n images among some of them; `UNRATED` of the others. */
function placesIn(images: Uint32Array, count: number): Uint32Array {
  const places = new Uint32Array(count).fill(UNRATED);
  images.forEach((image, place) => places[image] = place);
  return places;
}

/** Things by what they are told apart by, in their order. */
function byAttribute<T>(all: readonly T[], attribute: (one: T) => string): T[][] {
  return [...Map.groupBy(all, attribute).values()];
}

/** The one with the most images, the first of several. */
function largestOf<T extends { images: Uint32Array }>(all: readonly T[]): T {
  return all.reduce((a, b) => b.images.length > a.images.length ? b : a);
}

/** [n] 1 where a score is at least the threshold. */
function calledFrom(scores: Float64Array, threshold: number): Uint8Array {
  const called = new Uint8Array(scores.length);
  for (let image = 0; image < scores.length; image++) called[image] = Number(scores[image]! >= threshold);
  return called;
}

/** The scores with the p-values of all comparisons of means adjusted together. */
function adjusted({ subgroups, intersections }: SubgroupScores): SubgroupScores {
  const gaps = [...subgroups, ...intersections].flatMap(({ rates }) =>
    RATE_NAMES.map((rate) => rates[rate].gap)
  );
  const values = holm([
    ...subgroups.map(({ differencePValue }) => differencePValue),
    ...gaps.map((gap) => gap && gap.pValue),
  ]);
  gaps.forEach((gap, i) => {
    if (gap) gap.pValue = values[subgroups.length + i]!;
  });
  return {
    subgroups: subgroups.map((group, i) => ({ ...group, differencePValue: values[i]! })),
    intersections,
  };
}

function differenceOfMeans(
  labels: readonly { estimate: Estimate; other: Estimate }[],
  options: IntervalOptions,
): EstimatedDifference | null {
  const own = meanOfEstimates(labels.map(({ estimate }) => estimate));
  const other = meanOfEstimates(labels.map(({ other }) => other));
  return own && other && differenceOf(own, other, options);
}

/** Refuses metadata that are not of the images of predictions, in their order. */
export function assertSameImages({ images }: Predictions, entries: readonly Entry[]): void {
  const other = images.findIndex((image, index) => image !== entries[index]?.image);
  if (other >= 0 || entries.length !== images.length) {
    throw new RangeError(
      `Metadata of ${entries.length} images do not fit predictions of ${images.length}: image ` +
        `"${images[other]}" stands beside "${entries[other]?.image}"`,
    );
  }
}
