import type { Entry } from "../dataset/entry.ts";
import type { NihFinding } from "../dataset/nih_findings.ts";
import {
  RADIOLOGIST_FINDING_NAMES,
  RADIOLOGIST_FINDINGS,
  type RadiologistFinding,
} from "../dataset/radiologist_findings.ts";
import type { RadiologistLabels } from "../dataset/radiologist_labels.ts";
import { auc } from "./auc.ts";
import { differenceOf } from "./estimate.ts";
import { estimateAuc } from "./estimate_auc.ts";
import { type Kappa, kappaOf } from "./estimate_kappa.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import { indexPatients, type PatientIndex } from "./patient_index.ts";
import type { Predictions } from "./predictions.ts";
import { type Proportion, proportionOf } from "./proportion.ts";

/** How far a finding's labels agree with what radiologists see. */
export interface LabelAgreement {
  /** The finding. */
  finding: RadiologistFinding;
  /** The number of images that radiologists looked at. */
  images: number;
  /** The number of their patients. */
  patients: number;
  /** The number of images that have the finding by the radiologists. */
  byRadiologists: number;
  /** The number of images that have it by the labels. */
  byLabels: number;
  /** The number of images that have it by both. */
  both: number;
  /** The fraction of the images labelled with the finding in which the radiologists see it. */
  predictiveValue: Proportion | null;
  /** The fraction of the images in which the radiologists see the finding that are labelled with it. */
  sensitivity: Proportion | null;
  /** The fraction of the images in which they do not see it that are not labelled with it. */
  specificity: Proportion | null;
  /** The agreement beyond chance; null where it has no interval (`kappaOf`). */
  kappa: Kappa | null;
  /** In how many of the images with each label alone the radiologists see the finding. */
  labels: { label: NihFinding; images: number; predictiveValue: Proportion | null }[];
}

/** Images with both kinds of labels. */
interface Audited {
  radiologists: readonly RadiologistLabels[];
  entries: Entry[];
}

/** Those images that radiologists looked at and of which there are entries, in the order of the former. */
function withEntries(radiologists: readonly RadiologistLabels[], entries: readonly Entry[]): Audited {
  const byImage = new Map(entries.map((entry) => [entry.image, entry]));
  const known = radiologists.filter(({ image }) => byImage.has(image));
  return { radiologists: known, entries: known.map(({ image }) => byImage.get(image)!) };
}

/** Sets the labels of images beside what radiologists see in them; images without an entry are left out. */
export function labelAgreement(
  radiologists: readonly RadiologistLabels[],
  entries: readonly Entry[],
  options: IntervalOptions = {},
): LabelAgreement[] {
  const audited = withEntries(radiologists, entries);
  const patients = indexPatients(audited.entries.map(({ patient }) => patient));
  const all = [...audited.entries.keys()];
  return RADIOLOGIST_FINDING_NAMES.map((finding) => {
    const mapped = RADIOLOGIST_FINDINGS[finding].labels;
    const seen = audited.radiologists.map(({ findings }) => Number(findings.includes(finding)));
    const labelled = audited.entries.map((entry) => Number(hasOne(entry, mapped)));
    const proportion = (images: number[], holds: (image: number) => boolean) =>
      proportionOf({ images, holds, ...options }, patients);
    const isSeen = (image: number) => seen[image] === 1;
    const isLabelled = (image: number) => labelled[image] === 1;
    return {
      finding,
      images: all.length,
      patients: patients.count,
      byRadiologists: all.filter(isSeen).length,
      byLabels: all.filter(isLabelled).length,
      both: all.filter((image) => isSeen(image) && isLabelled(image)).length,
      predictiveValue: proportion(all.filter(isLabelled), isSeen),
      sensitivity: proportion(all.filter(isSeen), isLabelled),
      specificity: proportion(all.filter((image) => !isSeen(image)), (image) => !isLabelled(image)),
      kappa: kappaOf({ first: seen, second: labelled }, patients, options),
      labels: mapped.map((label) => {
        const images = all.filter((image) => hasOne(audited.entries[image]!, [label]));
        return { label, images: images.length, predictiveValue: proportion(images, isSeen) };
      }),
    };
  });
}

function hasOne({ labels }: Entry, wanted: readonly string[]): boolean {
  return labels.some((name) => wanted.includes(name));
}

/** What a network's AUC for a finding is by either ground truth. */
export interface AucOnBothLabels {
  /** The finding. */
  finding: RadiologistFinding;
  /** The labels whose scores were used, the highest of each image; empty where the predictions have none of them. */
  labels: NihFinding[];
  /** The number of images. */
  images: number;
  /** The number of images with the finding by the labels and by the radiologists. */
  positives: { labels: number; radiologists: number };
  /** The AUC by the labels; null where undefined. */
  byLabels: number | null;
  /** The AUC by what the radiologists see. */
  byRadiologists: number | null;
  /** The second less the first. */
  difference: number | null;
  /** Its interval, with the covariance that the same images bring; null with fewer than three patients of a kind. */
  interval: Interval | null;
  /** The two-sided p-value of no difference. */
  pValue: number | null;
}

/**
 * Judges predictions by both ground truths, on those of their images that radiologists looked at. A finding's score is the
 * highest of those of its labels. Intervals are DeLong's of patients (`estimateAuc`), of the difference of two AUCs of one
 * score whose ground truths differ.
 */
export function aucOnBothLabels(
  radiologists: readonly RadiologistLabels[],
  predictions: Predictions,
  options: { entries: readonly Entry[] } & IntervalOptions,
): AucOnBothLabels[] {
  const rows = new Map(predictions.images.map((image, row) => [image, row]));
  const audited = withEntries(radiologists.filter(({ image }) => rows.has(image)), options.entries);
  const patients = indexPatients(audited.entries.map(({ patient }) => patient));
  return RADIOLOGIST_FINDING_NAMES.map((finding) => {
    const labels = RADIOLOGIST_FINDINGS[finding].labels.filter((label) => predictions.labels.includes(label));
    const columns = labels.map((label) => predictions.labels.indexOf(label));
    const width = predictions.labels.length;
    const scores = Float64Array.from(
      audited.radiologists,
      ({ image }) =>
        Math.max(...columns.map((column) => predictions.scores[rows.get(image)! * width + column]!)),
    );
    const seen = Uint8Array.from(audited.radiologists, ({ findings }) => Number(findings.includes(finding)));
    const mapped = RADIOLOGIST_FINDINGS[finding].labels;
    const labelled = Uint8Array.from(audited.entries, (entry) => Number(hasOne(entry, mapped)));
    const ones = (of: Uint8Array) => of.reduce((sum, value) => sum + value, 0);
    return {
      finding,
      labels,
      images: audited.entries.length,
      positives: { labels: ones(labelled), radiologists: ones(seen) },
      ...(labels.length === 0
        ? { byLabels: null, byRadiologists: null, difference: null, interval: null, pValue: null }
        : aucsOf(scores, { labelled, seen }, { patients, ...options })),
    };
  });
}

function aucsOf(
  scores: Float64Array,
  { labelled, seen }: Record<"labelled" | "seen", Uint8Array>,
  { patients, ...options }: { patients: PatientIndex } & IntervalOptions,
) {
  const [byLabels, byRadiologists] = [auc(labelled, scores), auc(seen, scores)];
  const [one, other] = [labelled, seen].map((truth) => estimateAuc({ truth, scores }, patients));
  const { interval = null, pValue = null } = one && other ? differenceOf(other, one, options) : {};
  const difference = byLabels === null || byRadiologists === null ? null : byRadiologists - byLabels;
  return { byLabels, byRadiologists, difference, interval, pValue };
}
