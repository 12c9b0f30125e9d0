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
import type { Interval, IntervalOptions } from "./interval.ts";
import { indexPatients, patientsOf } from "./patient_index.ts";
import { labelColumn, type Predictions, selectImages } from "./predictions.ts";

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
  /** Each label's AUC among these images, null where it is undefined. */
  labels: { name: string; positives: number; auc: number | null; aucInterval: Interval | null }[];
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
  /** The p-value of no difference, made larger for the number of subgroups (Holm, 1979); null where there is none. */
  differencePValue: number | null;
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
    const values = entries.map((entry) => attributeOf(entry, attribute));
    if (values.every((value) => value === "unknown")) return [];
    return VALUES[attribute].map((value) => ({
      attribute,
      value,
      images: Uint32Array.from(entries.keys()).filter((image) => values[image] === value),
    })).filter(({ images }) => images.length > 0);
  });
}

/**
 * Scores a network on each subgroup, so that a shortcut or an injustice shows.
 *
 * @param entries The metadata of the images of the predictions, in their order.
 * @throws {RangeError} When the metadata are of other images.
 */
export function scoreSubgroups(
  predictions: Predictions,
  entries: readonly Entry[],
  options: IntervalOptions = {},
): SubgroupMetrics[] {
  assertSameImages(predictions, entries);
  const patients = indexPatients(predictions.patients);
  const scored = subgroupsOf(entries).map((subgroup) => {
    const selected = selectImages(predictions, subgroup.images);
    const own = patientsOf(patients, subgroup.images);
    const labels = selected.labels.map((name, label) => {
      const column = labelColumn(selected, label);
      return {
        name,
        positives: column.truth.reduce((sum, value) => sum + value, 0),
        estimate: estimateAuc(column, patientsOf(own, column.images)),
      };
    });
    return { subgroup, patients: new Set(selected.patients).size, labels };
  });
  const groups = scored.map((own): SubgroupMetrics => {
    const { attribute, value, images } = own.subgroup;
    const largest = scored.filter(({ subgroup }) => subgroup.attribute === attribute)
      .reduce((a, b) => b.subgroup.images.length > a.subgroup.images.length ? b : a);
    const mean = meanOfEstimates(own.labels.flatMap(({ estimate }) => estimate ? [estimate] : []));
    const shared = own === largest ? [] : own.labels.flatMap(({ estimate }, label) => {
      const other = largest.labels[label]!.estimate;
      return estimate && other ? [{ estimate, other }] : [];
    });
    const difference = differenceOfMeans(shared, options);
    return {
      attribute,
      value,
      images: images.length,
      patients: own.patients,
      labels: own.labels.map(({ name, positives, estimate }) => ({
        name,
        positives,
        auc: estimate && estimate.value,
        aucInterval: estimate && intervalOf(estimate, options),
      })),
      meanAuc: mean && mean.value,
      meanAucInterval: mean && intervalOf(mean, options),
      difference: difference && difference.difference,
      differenceInterval: difference && difference.interval,
      differencePValue: difference && difference.pValue,
    };
  });
  const adjusted = holm(groups.map(({ differencePValue }) => differencePValue));
  return groups.map((group, i) => ({ ...group, differencePValue: adjusted[i]! }));
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
