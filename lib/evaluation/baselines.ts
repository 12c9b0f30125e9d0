import { type Entry, truthOf, UNKNOWN } from "../dataset/entry.ts";
import { type Random, random } from "../support/random.ts";
import { differenceOf, intervalOf, meanOfEstimates } from "./estimate.ts";
import { estimateAuc } from "./estimate_auc.ts";
import { type Interval, type IntervalOptions, percentileInterval } from "./interval.ts";
import { fitLogisticRegression, predictLogistic } from "./logistic_regression.ts";
import { descendingOrder } from "./descending_order.ts";
import { indexPatients, patientsOf } from "./patient_index.ts";
import { membersOf } from "./members.ts";
import { labelColumn, type Predictions } from "./predictions.ts";
import { rankedScores } from "./score_order.ts";
import { assertSameImages, attributeOf, codesOf } from "./subgroups.ts";
import { summarise } from "./summary.ts";

/** The ridge of the classifier that sees no image: negligible, but it keeps rare labels' weights finite. */
const RIDGE = 1;

/**
 * Predicts findings from the view, the sex, the age and the number of the visit alone: for each label a logistic regression
 * on the training set (age as a parabola, the visit as the logarithm to base 2 of its number from 1, each of the four with
 * each other; what is unknown is a feature of its own). What a network reaches beyond it, it owes to the image; where this
 * does well, one of them gives the finding away. A label that the training
 * set has never or always gets the same score for all images.
 *
 * @param test The images to be scored.
 * @returns [n, L] The probability of each label for each image, row by row.
 */
export function predictFromMetadata(
  training: readonly Entry[],
  test: readonly Entry[],
  { labels }: { labels: readonly string[] },
): Float64Array {
  const groups = [...Map.groupBy(training, (entry) => String(featuresOf(entry))).values()];
  const features = groups.flatMap(([entry]) => featuresOf(entry!));
  const rows = test.map(featuresOf);
  const scores = new Float64Array(test.length * labels.length);
  labels.forEach((label, column) => {
    const truth = groups.map((group) =>
      group.map((entry) => truthOf(entry, label)).filter((value) => value !== UNKNOWN)
    );
    const counts = truth.map(({ length }) => length);
    const targets = truth.map((known, group) =>
      known.filter((value) => value === 1).length / Math.max(counts[group]!, 1)
    );
    const same = [0, 1].find((value) =>
      targets.every((target, group) => target === value || counts[group] === 0)
    );
    const fit = fitLogisticRegression(features, targets, { ridge: RIDGE, counts });
    rows.forEach((row, image) => {
      scores[image * labels.length + column] = same ?? predictLogistic(fit!, row);
    });
  });
  return scores;
}

function featuresOf({ view, sex, age, followUp }: Entry): number[] {
  const decades = age === null ? 0 : (age - 50) / 10;
  const visit = followUp === null ? 0 : Math.log2(1 + followUp);
  const main = [Number(view === "AP"), Number(sex === "M"), decades, visit];
  return [
    ...main,
    ...main.flatMap((first, i) => main.slice(i + 1).map((second) => first * second)),
    decades ** 2,
    Number(age === null),
    Number(view === "lateral"),
    Number(view === null),
    Number(sex === null),
    Number(followUp === null),
  ];
}

/** What is reached without looking at images. */
export interface BaselineMetrics {
  /** The classifier that sees only view, age, sex and visit; null where no training set was given. */
  metadata: MetadataBaseline | null;
  /** The mean AUC of the predictions against findings dealt out over all images: .5, or the scoring is wrong. */
  shuffled: ShuffledLabels;
  /** The same within strata of view, sex and age band: what exceeds .5 is owed to knowing the stratum. */
  shuffledWithinStrata: ShuffledLabels;
}

/** The AUCs of the classifier that sees only view, age, sex and visit. */
export interface MetadataBaseline {
  /** Each label's AUC with its interval; null where undefined. */
  labels: { name: string; auc: number | null; aucInterval: Interval | null }[];
  /** The mean over the labels that have one. */
  meanAuc: number | null;
  /** Its interval. */
  meanAucInterval: Interval | null;
  /** The predictions' mean AUC less this one, over the labels that have both. */
  difference: number | null;
  /** Its interval. */
  differenceInterval: Interval | null;
}

/**
 * Scores the baselines beside predictions.
 *
 * @param entries The metadata of the images of the predictions, in their order.
 * @throws {RangeError} When the metadata are of other images.
 */
export function scoreBaselines(
  predictions: Predictions,
  entries: readonly Entry[],
  options: IntervalOptions & { seed?: number; training?: readonly Entry[] | undefined } = {},
): BaselineMetrics {
  assertSameImages(predictions, entries);
  const { training, seed = 0, ...intervals } = options;
  return {
    metadata: training ? scoreMetadata(predictions, entries, { ...intervals, training }) : null,
    ...shuffledBaselines(predictions, { seed, strata: strataCodes(entries), ...intervals }),
  };
}

/** Both baselines of shuffled labels. */
export function shuffledBaselines(
  predictions: Predictions,
  { strata, ...options }: IntervalOptions & { seed: number; strata: Uint32Array },
): Pick<BaselineMetrics, "shuffled" | "shuffledWithinStrata"> {
  const ranking = predictions.weights ? undefined : rankingOf(predictions);
  return {
    shuffled: shuffleLabels(predictions, { ranking, ...options }),
    shuffledWithinStrata: shuffleLabels(predictions, { ranking, strata, ...options }),
  };
}

/** What is reached by the metadata alone, beside the predictions. */
export function scoreMetadata(
  predictions: Predictions,
  entries: readonly Entry[],
  { training, ...options }: IntervalOptions & { training: readonly Entry[] },
): MetadataBaseline {
  const { labels, patients } = predictions;
  const control = { ...predictions, scores: predictFromMetadata(training, entries, { labels }) };
  const index = indexPatients(patients);
  const meanOf = (of: Predictions) => {
    const estimates = labels.map((_, label) => {
      const column = labelColumn(of, label);
      return estimateAuc(column, patientsOf(index, column.images));
    });
    return { estimates, mean: meanOfEstimates(estimates.filter((estimate) => estimate !== null)) };
  };
  const { estimates, mean } = meanOf(control);
  const network = meanOf(predictions).mean;
  const difference = mean && network && differenceOf(network, mean, options);
  return {
    labels: labels.map((name, label) => {
      const estimate = estimates[label]!;
      return {
        name,
        auc: estimate && estimate.value,
        aucInterval: estimate && intervalOf(estimate, options),
      };
    }),
    meanAuc: mean && mean.value,
    meanAucInterval: mean && intervalOf(mean, options),
    difference: difference && difference.difference,
    differenceInterval: difference && difference.interval,
  };
}

/** The mean AUC that is left when the labels are shuffled. */
export interface ShuffledLabels {
  /** The mean over the shuffles of the mean AUC over labels; null where no label has an AUC. */
  meanAuc: number | null;
  /** The interval that holds the mean AUC of most shuffles (95 % by default). */
  meanAucInterval: Interval | null;
}

/** How labels are shuffled. */
export interface ShuffleOptions extends IntervalOptions {
  /** How many times; 100 by default. */
  shuffles?: number;
  /** The seed; 0 by default. */
  seed?: number;
  /** The stratum of each image: findings are only exchanged within one; all images are one by default. */
  strata?: ArrayLike<string | number>;
}

/**
 * Scores the predictions against findings that were dealt out at random, all findings of an image together, with the
 * image's weight (a finding that is unknown of some images goes round among the others). Over all images the mean AUC has to be .5, or the scoring is wrong; within strata of view, sex and age
 * (`strataOf`) what exceeds .5 is what the network gains by knowing the stratum, not the finding.
 */
export function shuffleLabels(
  predictions: Predictions,
  { shuffles = 100, seed = 0, strata, ranking, ...options }: ShuffleOptions & {
    /** The ranking of the predictions, where it is known already. */
    ranking?: Ranking | undefined;
  } = {},
): ShuffledLabels {
  const { labels, images } = predictions;
  const stream = random(seed, "shuffled labels");
  const { ofImage, count } = strata
    ? indexPatients(strata)
    : { ofImage: new Uint32Array(images.length), count: 1 };
  const members = membersOf(ofImage, count);
  const { deal, aucOfLabel } = predictions.weights
    ? dealWeighted(predictions, members)
    : dealUnweighted(predictions, members, ranking ?? rankingOf(predictions));
  const means = Float64Array.from({ length: shuffles }, () => {
    for (let stratum = 0; stratum < members.length; stratum++) deal(stratum, stream);
    return summarise(labels.map((_, label) => aucOfLabel(label))).mean ?? NaN;
  });
  return {
    meanAuc: summarise(means).mean,
    meanAucInterval: percentileInterval(means, options),
  };
}

/** Shuffled labels. */
interface Dealing {
  /** Deals the findings of a stratum's images, shuffled, out to the same images. */
  deal(stratum: number, stream: Random): void;
  /** The AUC of a label once all strata are dealt; NaN where it is undefined. Begins the next dealing of the label. */
  aucOfLabel(label: number): number;
}

/**
 * Deals findings by the sums of ranks of the images that get them (Mann and Whitney, 1947), in whole numbers: only images
 * with a finding are looked at, which are few. An image that gets an unknown finding is passed over; so the findings that
 * are known go round among the images of which they are known.
 */
function dealUnweighted(
  predictions: Predictions,
  members: readonly Uint32Array[],
  { ranks, columns }: Ranking,
): Dealing {
  const { labels, images: { length }, truth } = predictions;
  const width = labels.length;
  const whole = labels.flatMap((_, label) => columns[label]!.isWhole ? [label] : []);
  // The labels of each image that all images' truth is known of, a bit each: a random place is read once.
  const words = Math.ceil(width / 32);
  const found = new Uint32Array(length * words);
  for (let image = 0; image < length; image++) {
    for (const label of whole) {
      if (truth[image * width + label] === 1) found[image * words + (label >>> 5)]! |= 1 << (label & 31);
    }
  }
  const partial = labels.flatMap((_, label) =>
    columns[label]!.isWhole ? [] : [{
      label,
      places: members.map((stratum) => stratum.filter((image) => truth[image * width + label] !== UNKNOWN)),
    }]
  );
  const sums = new Float64Array(width);
  const aucOfLabel = (label: number) => {
    const { positives, negatives } = columns[label]!;
    const twiceWon = sums[label]! - positives * (positives - 1);
    sums[label] = 0;
    return twiceWon / (2 * positives * negatives);
  };
  if (words === 1 && partial.length === 0) {
    const findings = members.map((stratum) => stratum.map((image) => found[image]!));
    const left = new Uint32Array(length);
    return {
      // The words themselves are shuffled, as Random.shuffle() does, and each is dealt as soon as it has its place.
      deal(stratum, { integer }) {
        const to = members[stratum]!;
        left.set(findings[stratum]!);
        for (let place = to.length - 1; place >= 0; place--) {
          const drawn = place === 0 ? 0 : integer(place + 1);
          const image = to[place]!;
          for (let bits = left[drawn]!; bits !== 0; bits &= bits - 1) {
            const label = 31 - Math.clz32(bits & -bits);
            sums[label]! += ranks[image * width + label]!;
          }
          left[drawn] = left[place]!;
        }
      },
      aucOfLabel,
    };
  }
  return {
    deal(stratum, { shuffle }) {
      const to = members[stratum]!;
      const from = shuffle(to.slice());
      for (let place = 0; place < from.length; place++) {
        for (let word = 0; word < words; word++) {
          for (let bits = found[from[place]! * words + word]!; bits !== 0; bits &= bits - 1) {
            const label = 32 * word + 31 - Math.clz32(bits & -bits);
            sums[label]! += ranks[to[place]! * width + label]!;
          }
        }
      }
      for (const { label, places } of partial) {
        let next = 0;
        for (const image of from) {
          const value = truth[image * width + label]!;
          if (value === UNKNOWN) continue;
          const place = places[stratum]![next++]!;
          if (value === 1) sums[label]! += ranks[place * width + label]!;
        }
      }
    },
    aucOfLabel,
  };
}

/** What findings are dealt out by. */
export interface Ranking {
  /** [n, L] Twice the rank of each image's score among those of which the label is known, image by image. */
  ranks: Uint32Array;
  /** [L] How many images have each label and how many have not, and whether it is known of all. */
  columns: { positives: number; negatives: number; isWhole: boolean }[];
}

/** The ranking of predictions, which both shuffles of them share. */
function rankingOf(predictions: Predictions): Ranking {
  const { labels, images: { length } } = predictions;
  const ranks = new Uint32Array(length * labels.length);
  const columns = labels.map((_, label) => {
    const column = labelColumn(predictions, label);
    const own = twiceRanks(column.scores);
    for (let place = 0; place < own.length; place++) {
      ranks[column.images[place]! * labels.length + label] = own[place]!;
    }
    const positives = column.truth.reduce((sum, value) => sum + value, 0);
    return {
      positives,
      negatives: column.truth.length - positives,
      isWhole: column.images.length === length,
    };
  });
  return { ranks, columns };
}

/** [n] For each score twice the number of lower ones, and the number of others that equal it. */
function twiceRanks(scores: Float64Array): Uint32Array {
  const { order, sorted } = rankedScores(scores);
  const ranks = new Uint32Array(order.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && sorted[end] === sorted[start]) end++;
    const rank = 2 * (order.length - end) + end - start - 1;
    for (let place = start; place < end; place++) ranks[order[place]!] = rank;
  }
  return ranks;
}

/** Deals findings with the weights of their images, which change what every image counts. */
function dealWeighted(predictions: Predictions, members: readonly Uint32Array[]): Dealing {
  const { labels, truth } = predictions;
  const weights = predictions.weights!;
  const columns = labels.map((_, label) => {
    const { images: known, scores } = labelColumn(predictions, label);
    const placeOf = new Map(Array.from(known, (image, place) => [image, place]));
    return {
      places: members.map((stratum) => [...stratum].flatMap((image) => placeOf.get(image) ?? [])),
      aucOf: aucsOf(scores),
      dealt: { truth: new Uint8Array(known.length), weights: new Float64Array(known.length).fill(1) },
    };
  });
  return {
    deal(stratum, { shuffle }) {
      const from = shuffle(members[stratum]!.slice());
      columns.forEach(({ places, dealt }, label) => {
        let next = 0;
        for (const image of from) {
          const value = truth[image * labels.length + label]!;
          if (value === UNKNOWN) continue;
          const place = places[stratum]![next++]!;
          dealt.truth[place] = value;
          dealt.weights[place] = weights[image]!;
        }
      });
    },
    aucOfLabel: (label) => columns[label]!.aucOf(columns[label]!.dealt),
  };
}

/** Sorts scores once, for the AUCs of one ground truth after the other; NaN where one is undefined. */
function aucsOf(scores: Float64Array): (of: { truth: Uint8Array; weights: Float64Array }) => number {
  const order = descendingOrder(scores);
  const isLast = Uint8Array.from(order, (image, rank) => Number(scores[order[rank + 1]!] !== scores[image]));
  return ({ truth, weights }) => {
    let [positives, negatives, twiceWon] = [0, 0, 0];
    let [positivesAbove, negativesAbove] = [0, 0];
    for (let rank = 0; rank < order.length; rank++) {
      const image = order[rank]!;
      if (truth[image]) positives += weights[image]!;
      else negatives += weights[image]!;
      if (!isLast[rank]) continue;
      twiceWon += (negatives - negativesAbove) * (positivesAbove + positives);
      [positivesAbove, negativesAbove] = [positives, negatives];
    }
    return twiceWon / (2 * positives * negatives);
  };
}

/** What strata are made by. */
const STRATA = ["view", "sex", "age"] as const;

/** The stratum of view, sex and age band that each image is in. */
export function strataOf(entries: readonly Entry[]): string[] {
  return entries.map((entry) => STRATA.map((attribute) => attributeOf(entry, attribute)).join(", "));
}

/** The same strata by numbers. */
export function strataCodes(entries: readonly Entry[]): Uint32Array {
  const strata = new Uint32Array(entries.length);
  for (const attribute of STRATA) {
    const codes = codesOf(entries, attribute);
    for (let image = 0; image < strata.length; image++) strata[image] = 16 * strata[image]! + codes[image]!;
  }
  return strata;
}
