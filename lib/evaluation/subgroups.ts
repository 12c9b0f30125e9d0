import type { Entry } from "../dataset/entry.ts";
import { auc } from "./auc.ts";
import { bootstrapAreas, meanOverLabels } from "./bootstrap_auc.ts";
import { type Interval, type IntervalOptions, percentileInterval } from "./interval.ts";
import { indexPatients, type ResampleOptions } from "./resample_patients.ts";
import { labelColumn, type Predictions, selectImages } from "./predictions.ts";
import { summarise } from "./summary.ts";

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

/** How a network does on a subgroup; intervals are of the bootstrap over patients. */
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
  /** Its interval, both subgroups being drawn together. */
  differenceInterval: Interval | null;
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
  options: ResampleOptions & IntervalOptions = {},
): SubgroupMetrics[] {
  assertSameImages(predictions, entries);
  const patients = indexPatients(predictions.patients);
  const scored = subgroupsOf(entries).map((subgroup) => {
    const selected = selectImages(predictions, subgroup.images);
    const drawn = bootstrapAreas(predictions, patients, { ...options, images: subgroup.images });
    const labels = selected.labels.map((name, label) => {
      const { truth, scores } = labelColumn(selected, label);
      const area = auc(truth, scores);
      return {
        name,
        positives: truth.reduce((sum, value) => sum + value, 0),
        auc: area,
        aucInterval: area === null ? null : percentileInterval(drawn[label]!.auc, options),
      };
    });
    return { subgroup, selected, labels, drawn: drawn.map(({ auc }) => auc) };
  });
  return scored.map((own) => {
    const { attribute, value, images } = own.subgroup;
    const largest = scored.filter(({ subgroup }) => subgroup.attribute === attribute)
      .reduce((a, b) => b.subgroup.images.length > a.subgroup.images.length ? b : a);
    const defined = own.labels.flatMap(({ auc }, label) => auc === null ? [] : [label]);
    const shared = own === largest ? [] : defined.filter((label) => largest.labels[label]!.auc !== null);
    const means = meanOverLabels(defined.map((label) => own.drawn[label]!));
    const differences = shared.map((label) =>
      own.drawn[label]!.map((area, resample) => area - largest.drawn[label]![resample]!)
    );
    return {
      attribute,
      value,
      images: images.length,
      patients: new Set(own.selected.patients).size,
      labels: own.labels,
      meanAuc: summarise(own.labels.map(({ auc }) => auc)).mean,
      meanAucInterval: percentileInterval(means, options),
      difference: summarise(shared.map((label) =>
        own.labels[label]!.auc! - largest.labels[label]!.auc!
      )).mean,
      differenceInterval: percentileInterval(meanOverLabels(differences), options),
    };
  });
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
