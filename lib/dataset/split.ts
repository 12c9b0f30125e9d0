import { InputError } from "../support/input_error.ts";
import { random } from "../support/random.ts";
import { numpyPermutation } from "../support/numpy_permutation.ts";
import type { OfficialSplit } from "./data_set.ts";
import { type Entry, sortPatients } from "./entry.ts";
import { countLabels } from "./label_counts.ts";
import { byName } from "./undersample.ts";

/** What a dataset is divided into, in the order in which they are used: the training set, and so on. */
export const SUBSETS = ["training", "validation", "test"] as const;

/** One of {@linkcode SUBSETS}: weights are fitted on the first, the epoch is chosen on the second, the third is used once. */
export type Subset = (typeof SUBSETS)[number];

/** A dataset in three sets, none of them empty, each in the order of the metadata. */
export type Split = Record<Subset, Entry[]>;

/** How large the sets are, and how they are drawn. */
export interface SplitOptions extends SplitSizes {
  /** The same seed gives the same split. */
  seed: number;
}

/** How a split by image or by patient is drawn. */
export interface DrawnSplitOptions extends SplitOptions {
  /**
   * The findings to be spread evenly: patients (images, where these are split) are divided by the rarest finding that one
   * of their images has, and each of those groups is split by itself. Without it, all are split as one.
   */
  stratify?: readonly string[] | undefined;
}

/** How large the sets are. */
export interface SplitSizes {
  /** The fraction of the images that are for the test. Default: 0.15. */
  test?: number;
  /** The fraction of the other images that are for validation. Default: 0.06. */
  validation?: number;
}

/** How an official split is made. */
export interface OfficialSplitOptions {
  /** The data set's own split. */
  official: OfficialSplit;
  /** What to name in errors: where that split is from. */
  from?: string;
  /** The same seed gives the same validation set, where it is drawn. */
  seed: number;
  /** The fraction of the training images that are for validation, where the data set has no such set. Default: 0.06. */
  validation?: number;
}

/**
 * Splits by image, at random: the images of one patient may come into several sets, so the test is too kind to
 * the model. The default sizes are the original notebook's, 51,001 / 3,255 / 9,575 of 63,831 images: the test
 * rounded up as by scikit-learn's `train_test_split`, validation rounded down as by Keras' `validation_split`,
 * and at least one image.
 *
 * @throws {InputError} When a set would be empty, or a fraction is not between 0 and 1.
 */
export function splitByImage(entries: readonly Entry[], options: DrawnSplitOptions): Split {
  const { stratify } = options;
  if (stratify) return splitByStrata(entries, { ...options, stratify }, ({ image }) => image);
  const { test, validation } = sizesOf(entries.length, options);
  const subsets = new Array<Subset>(entries.length).fill("training");
  const order = random(options.seed, "split by image").shuffle(Uint32Array.from(entries.keys()));
  order.subarray(0, test).forEach((index) => subsets[index] = "test");
  order.subarray(test, test + validation).forEach((index) => subsets[index] = "validation");
  return collect(entries, (_, index) => subsets[index]!);
}

/**
 * Splits by patient, at random: all images of a patient come into one set. Sizes are those of `splitByImage`,
 * met as closely as whole patients allow.
 *
 * @throws {InputError} When a set would be empty, or a fraction is not between 0 and 1.
 */
export function splitByPatient(entries: readonly Entry[], options: DrawnSplitOptions): Split {
  const { stratify } = options;
  if (stratify) return splitByStrata(entries, { ...options, stratify }, ({ patient }) => patient);
  const { test, validation } = sizesOf(entries.length, options);
  const patients = shuffledPatients(entries, options.seed);
  const subsets = new Array<Subset>(patients.images.length).fill("training");
  for (const patient of takePatients(patients, test)) subsets[patient] = "test";
  for (const patient of takePatients(patients, validation)) subsets[patient] = "validation";
  return collect(entries, (_, index) => subsets[patients.ofEntry[index]!]!);
}

/** Patients (or images, where these are split) whose rarest finding is the same. */
interface Stratum {
  /** The images of each unit. */
  images: Map<string, number>;
  /** Those of them that have the finding. */
  positives: Map<string, number>;
}

/**
 * Splits units, which are patients or images, by strata, that of the rarest finding first (after Sechidis et al., "On the
 * Stratification of Multi-Label Data", 2011). The units of a stratum come in a random order, whatever their size; each
 * goes into the set that lacks most positives of the stratum's finding, those of the last stratum into the set that
 * lacks most images, so that the sets have their sizes.
 */
function splitByStrata(
  entries: readonly Entry[],
  options: SplitOptions & { stratify: readonly string[] },
  unitOf: (entry: Entry) => string,
): Split {
  const sizes = sizesOf(entries.length, options);
  const wanted = { ...sizes, training: entries.length - sizes.test - sizes.validation };
  const lackingImages: Record<Subset, number> = { ...wanted };
  const subsetOfUnit = new Map<string, Subset>();
  const strata = strataOf(entries, options.stratify, unitOf);
  for (const [index, { images, positives }] of strata.entries()) {
    const isLast = index === strata.length - 1;
    const total = [...positives.values()].reduce((sum, count) => sum + count, 0);
    const lacking = isLast ? lackingImages : Object.fromEntries(
      SUBSETS.map((subset) => [subset, total * wanted[subset] / entries.length]),
    ) as typeof wanted;
    const drawn = random(options.seed, "stratified split", index).shuffle(
      sortPatients([...images.keys()]),
    );
    for (const unit of drawn) {
      const subset = SUBSETS.reduce((most, other) => lacking[other] > lacking[most] ? other : most);
      subsetOfUnit.set(unit, subset);
      lackingImages[subset] -= images.get(unit)!;
      if (!isLast) lacking[subset] -= positives.get(unit)!;
    }
  }
  return collect(entries, (entry) => subsetOfUnit.get(unitOf(entry))!);
}

/** The strata that have units: that of the rarest finding first, units with no finding last. */
function strataOf(
  entries: readonly Entry[],
  findings: readonly string[],
  unitOf: (entry: Entry) => string,
): Stratum[] {
  const byRarity = countLabels(entries, findings).sort((a, b) => a.positives - b.positives)
    .map(({ label }) => label);
  const ranks = new Map<string, number>();
  for (const entry of entries) {
    const rank = byRarity.findIndex((finding) => entry.labels.includes(finding));
    const others = ranks.get(unitOf(entry)) ?? byRarity.length;
    ranks.set(unitOf(entry), rank < 0 ? others : Math.min(rank, others));
  }
  const strata = Array.from({ length: byRarity.length + 1 }, (): Stratum => ({
    images: new Map(),
    positives: new Map(),
  }));
  for (const entry of entries) {
    const unit = unitOf(entry);
    const rank = ranks.get(unit)!;
    const { images, positives } = strata[rank]!;
    images.set(unit, (images.get(unit) ?? 0) + 1);
    const isPositive = rank < byRarity.length && entry.labels.includes(byRarity[rank]!);
    positives.set(unit, (positives.get(unit) ?? 0) + Number(isPositive));
  }
  return strata.filter(({ images }) => images.size > 0);
}

/**
 * Splits as the data set itself does, such as by the NIH's lists, as published results do. Where it has no validation
 * set, that is drawn from the training images by patient. It may name images that are not among the entries.
 *
 * @throws {InputError} When an image is in none of its sets or in two, when a set would be empty, or when the
 * fraction is not between 0 and 1.
 */
export function splitOfficially(entries: readonly Entry[], options: OfficialSplitOptions): Split {
  const { official: { training, validation: own, test }, from, validation = 0.06, seed } = options;
  const isIn = (set: ReadonlySet<string> | null) => ({ image }: Entry) => set !== null && set.has(image);
  const [isTraining, isOwn, isTest] = [isIn(training), isIn(own), isIn(test)];
  checkFraction(validation, "validation");
  const times = (entry: Entry) => [isTraining, isOwn, isTest].filter((isMember) => isMember(entry)).length;
  refuse(entries.filter((entry) => times(entry) === 0), { where: "in none of the official lists", from });
  refuse(entries.filter((entry) => times(entry) > 1), { where: "in two of the official lists", from });
  if (own !== null) {
    return collect(entries, (entry) => isTest(entry) ? "test" : isOwn(entry) ? "validation" : "training");
  }
  const others = entries.filter(isTraining);
  const patients = shuffledPatients(others, seed);
  const drawn = takePatients(patients, roundDown(others.length * validation));
  const validationPatients = new Set(drawn.map((patient) => patients.names[patient]!));
  return collect(entries, ({ image, patient }) => {
    if (test.has(image)) return "test";
    return validationPatients.has(patient) ? "validation" : "training";
  });
}

/** The seed of the original notebook's `train_test_split`. */
const ORIGINAL_SEED = 2020;

/**
 * Splits by image as the original notebook did: images in the order of their names are permuted by scikit-learn's
 * `train_test_split(test_size=0.15, random_state=2020)`, and the first 6 % of the others are Keras' validation set. Of
 * the images that `undersample` keeps at 0.2 these are the original's own sets. Patients leak, as they do by image.
 *
 * @throws {InputError} When a set would be empty.
 */
export function splitAsOriginal(entries: readonly Entry[]): Split {
  const { test, validation } = sizesOf(entries.length, {});
  const images = entries.toSorted(byName);
  const subsets = new Map<Entry, Subset>();
  numpyPermutation(images.length, ORIGINAL_SEED).forEach((index, rank) => {
    subsets.set(images[index]!, rank < test ? "test" : rank < test + validation ? "validation" : "training");
  });
  return collect(entries, (entry) => subsets.get(entry)!);
}

/**
 * Puts every entry into the set that a function says; the order stays.
 *
 * @throws {InputError} When a set would be empty.
 */
export function collect(entries: readonly Entry[], subsetOf: (entry: Entry, index: number) => Subset): Split {
  const split: Split = { training: [], validation: [], test: [] };
  entries.forEach((entry, index) => split[subsetOf(entry, index)].push(entry));
  for (const subset of SUBSETS) {
    if (split[subset].length > 0) continue;
    const patients = new Set(entries.map((entry) => entry.patient)).size;
    throw new InputError(
      `The ${subset} set would be empty: ${entries.length} images of ${patients} patients to split`,
    );
  }
  return split;
}

function sizesOf(images: number, { test = 0.15, validation = 0.06 }: SplitSizes) {
  checkFraction(test, "test");
  checkFraction(validation, "validation");
  const size = Math.ceil(images * test);
  return { test: size, validation: roundDown((images - size) * validation) };
}

function roundDown(size: number): number {
  return Math.max(1, Math.floor(size));
}

function checkFraction(fraction: number, name: string): void {
  if (!(fraction > 0 && fraction < 1)) {
    throw new InputError(`The ${name} fraction must be between 0 and 1, not ${fraction}`);
  }
}

function refuse(
  images: readonly Entry[],
  { where, from }: { where: string; from: string | undefined },
): void {
  if (images.length === 0) return;
  const first = images.slice(0, 5).map(({ image }) => image).join(", ");
  const place = from === undefined ? "" : `${from}: `;
  const more = images.length > 5 ? ", ..." : "";
  throw new InputError(`${place}${images.length} images are ${where}: ${first}${more}`);
}

/** Patients by numbers, so that a million images need no look-up of a text each. */
interface ShuffledPatients {
  /** [patients] What they are called. */
  names: string[];
  /** [patients] The number of images of each. */
  images: Uint32Array;
  /** [entries] The patient of each entry. */
  ofEntry: Uint32Array;
  /** Those that are not taken yet, in a random order that does not depend on the order of the entries. */
  left: number[];
}

function shuffledPatients(entries: readonly Entry[], seed: number): ShuffledPatients {
  const indices = new Map<string, number>();
  const ofEntry = new Uint32Array(entries.length);
  for (let i = 0; i < entries.length; i++) {
    const { patient } = entries[i]!;
    // Most tables have a patient's images one after the other.
    if (i > 0 && patient === entries[i - 1]!.patient) {
      ofEntry[i] = ofEntry[i - 1]!;
      continue;
    }
    const index = indices.get(patient) ?? indices.size;
    indices.set(patient, index);
    ofEntry[i] = index;
  }
  const names = [...indices.keys()];
  const images = new Uint32Array(names.length);
  for (const patient of ofEntry) images[patient]!++;
  const shuffled = random(seed, "split by patient").shuffle(sortPatients([...names]));
  return { names, images, ofEntry, left: shuffled.map((patient) => indices.get(patient)!) };
}

/**
 * Takes patients until they have so many images: each that does not go beyond it, or the one with the fewest images
 * where all do.
 */
function takePatients(patients: ShuffledPatients, images: number): number[] {
  const { images: counts, left } = patients;
  const taken: number[] = [];
  const others: number[] = [];
  let lacking = images;
  for (const patient of left) {
    const isTaken = lacking > 0 && counts[patient]! <= lacking;
    (isTaken ? taken : others).push(patient);
    if (isTaken) lacking -= counts[patient]!;
  }
  if (taken.length === 0 && left.length > 0) {
    const least = left.reduce((least, other) => counts[other]! < counts[least]! ? other : least);
    taken.push(least);
    others.splice(others.indexOf(least), 1);
  }
  patients.left = others;
  return taken;
}
