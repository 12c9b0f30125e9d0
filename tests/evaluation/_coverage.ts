import { differenceOf, type Estimate, intervalOf, meanOfEstimates } from "../../lib/evaluation/estimate.ts";
import { estimateAuc } from "../../lib/evaluation/estimate_auc.ts";
import { estimateAveragePrecision } from "../../lib/evaluation/estimate_average_precision.ts";
import { binOf, BINS } from "../../lib/evaluation/calibration.ts";
import { estimateCalibration } from "../../lib/evaluation/estimate_calibration.ts";
import { estimateMean } from "../../lib/evaluation/estimate_mean.ts";
import type { Interval } from "../../lib/evaluation/interval.ts";
import { normalTail } from "../../lib/evaluation/normal_distribution.ts";
import type { PatientIndex } from "../../lib/evaluation/patient_index.ts";
import { proportionOf } from "../../lib/evaluation/proportion.ts";
import { type Random, random } from "../../lib/support/random.ts";

/**
 * How patients come: with one image each; with one to seven images that resemble each other; or so, and of the images
 * with no finding every fifth alone was kept, which counts five times.
 */
export const DESIGNS = ["one image", "clustered", "weighted"] as const;

/** How the number of patients with the finding comes: as given, or drawn (Poisson) around it, as in a test set. */
export const DRAWS = ["fixed", "drawn"] as const;

/**
 * Around fewer expected patients a number is mostly drawn for which no interval is given; where one is, there are more of
 * them than there should be, and figures that go with the prevalence are off for that.
 */
const FEWEST_DRAWN = 5;

/** What is simulated. */
export interface Cell {
  design: typeof DESIGNS[number];
  /** The true AUC of the first network. */
  auc: number;
  /** Patients with the finding, or their expected number. */
  positives: number;
}

/** How often intervals were given, and how often those held the true value. */
export type Coverage = Record<string, { given: number; held: number }>;

/** The part of the variance of a score that a patient's images have in common, for every finding and for one. */
const SHARED = { patient: 0.25, finding: 0.25, image: 0.2, network: 0.3 };

/** Of the further images of a patient with the finding, those that show it. */
const SHOWING = 0.7;

/** Of the images without the finding, those with no finding, and how far other findings raise their scores. */
const NORMAL = 0.6;
const RAISED = 0.4;
const KEPT = 0.2;

/** The mean number of images of a patient in a clustered design. */
const MEAN_IMAGES = 4;

/** The findings of a mean, by how many times as many patients have them; a set that is drawn has one. */
const FINDINGS = { fixed: [1, 2, 3], drawn: [1] };

/** How scores become probabilities: as they should be, as the weighted loss raises them, and too sure of themselves. */
const PROBABILITIES = ["calibrated", "raised", "overconfident"] as const;

/** How often a map hits, in truth, and how well it covers. */
const HIT_RATES = [0.7, 0.95];
const COVERED = 0.6 * 0.45;

/** Simulates data sets of a cell again and again, and counts what the intervals hold. */
export function coverageOf(
  cell: Cell,
  { repetitions, seed }: { repetitions: number; seed: number },
): Coverage {
  const coverage: Coverage = {};
  const truth = trueFigures(cell);
  const stream = random(seed, "coverage", cell.design, cell.auc, cell.positives);
  const count = (name: string, interval: Interval | null, expected: number) => {
    if (name.endsWith("drawn") && cell.positives < FEWEST_DRAWN) return;
    const counted = coverage[name] ??= { given: 0, held: 0 };
    if (interval === null) return;
    counted.given++;
    // A calibrated network's error is 0: rounding must not decide.
    if (interval.low <= expected + 1e-12 && expected - 1e-12 <= interval.high) counted.held++;
  };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const sets = DRAWS.map((draw) => drawSet(cell, { draw, stream, truth }));
    const unpaired = sets.map(({ index, findings: [finding] }, i) => {
      const patients = sets.reduce((sum, { index }) => sum + index.count, 0);
      const ofImage = index.ofImage.map((patient) => patient + i * sets[0]!.index.count);
      const { truth, weights, networks } = finding!;
      return estimateAuc({ truth, weights, scores: networks[0]! }, { ofImage, count: patients });
    });
    for (const [i, draw] of DRAWS.entries()) {
      const { index, findings } = sets[i]!;
      const of = (name: string) => `${name}, ${draw}`;
      const estimates = findings.map(({ truth, weights, networks }) =>
        networks.map((scores) => estimateAuc({ truth, weights, scores }, index))
      );
      const meanOf = (network: number) =>
        meanOfEstimates(estimates.flatMap((own): Estimate[] => own[network] ? [own[network]] : []));
      const [first, second] = estimates[0]!;
      const [mean, other] = [meanOf(0), meanOf(1)];
      count(of("AUC"), first ? intervalOf(first) : null, cell.auc);
      if (draw === "fixed") count(of("mean AUC"), mean && intervalOf(mean), cell.auc);
      count(
        of("difference of AUCs"),
        first && second ? differenceOf(first, second).interval : null,
        LESS,
      );
      if (draw === "fixed") {
        count(of("difference of mean AUCs"), mean && other && differenceOf(mean, other).interval, LESS);
      }
      const { truth: has, weights, networks: [scores] } = findings[0]!;
      const precision = estimateAveragePrecision({ truth: has, weights, scores: scores! }, index);
      count(of("average precision"), precision && intervalOf(precision), truth.averagePrecision);
      const images = { positive: [] as number[], negative: [] as number[], called: [] as number[] };
      has.forEach((value, image) => {
        images[value ? "positive" : "negative"].push(image);
        if (scores![image]! >= truth.threshold) images.called.push(image);
      });
      const isCalled = (image: number) => scores![image]! >= truth.threshold;
      const proportion = (images: number[], holds: (image: number) => boolean) =>
        proportionOf({ images, holds, weights }, index);
      count(of("sensitivity"), proportion(images.positive, isCalled), truth.sensitivity);
      count(of("specificity"), proportion(images.negative, (image) => !isCalled(image)), truth.specificity);
      count(of("precision"), proportion(images.called, (image) => has[image] === 1), truth.precision);
      for (const kind of PROBABILITIES) {
        const { brier, expectedCalibrationError } = estimateCalibration(
          { truth: has, weights, scores: scores!.map((score) => probabilityOf(score, kind, truth)) },
          index,
        )!;
        const expected = truth.calibration[kind];
        count(of(`Brier score, ${kind}`), intervalOf(brier), expected.brier);
        count(of(`calibration error, ${kind}`), intervalOf(expectedCalibrationError), expected.error);
      }
    }
    count(
      "difference of AUCs, other patients",
      unpaired[0] && unpaired[1] ? differenceOf(unpaired[0], unpaired[1]).interval : null,
      0,
    );
    const maps = drawMaps(cell, stream);
    HIT_RATES.forEach((rate, i) =>
      count(
        `pointing game, ${rate}`,
        proportionOf({ images: maps.images, holds: (image) => maps.hits[i]![image]! }, maps.index),
        rate,
      )
    );
    const covered = estimateMean({ values: maps.covered, weights: maps.weights }, maps.index);
    count("mean IoU", covered && intervalOf(covered), COVERED);
  }
  return coverage;
}

/** By how much the second network's AUC is lower. */
const LESS = 0.05;

interface Finding {
  truth: Uint8Array;
  weights: Float64Array | undefined;
  /** The scores of the first network and of the second. */
  networks: Float64Array[];
}

/** Draws a test set: patients, their images, findings and scores. */
function drawSet(
  { design, positives }: Cell,
  { draw, stream, truth }: { draw: typeof DRAWS[number]; stream: Random; truth: TrueFigures },
): { index: PatientIndex; findings: Finding[] } {
  const patients = patientsOf(positives);
  const others = patients - positives;
  const counts = FINDINGS[draw].map((times) =>
    draw === "fixed" ? times * positives : poisson(times * positives, stream)
  );
  const all = Math.max(others + counts[0]!, ...counts);
  const images: number[] = [];
  for (let patient = 0; patient < all; patient++) {
    for (let left = design === "one image" ? 1 : 1 + stream.integer(2 * MEAN_IMAGES - 1); left > 0; left--) {
      images.push(patient);
    }
  }
  const own = Float64Array.from({ length: all }, () => Math.sqrt(SHARED.patient) * stream.normal());
  // Each finding chooses which images are left for it; only the first is looked at image by image.
  const kept: number[] = [];
  const first = showing(images, counts[0]!, stream);
  const normal = images.map((_, image) => !first[image] && stream.uniform() < NORMAL);
  images.forEach((_, image) => {
    if (design !== "weighted" || !normal[image] || stream.uniform() < KEPT) kept.push(image);
  });
  const index = { ofImage: Uint32Array.from(kept, (image) => images[image]!), count: all };
  const weights = design === "weighted"
    ? Float64Array.from(kept, (image) => normal[image] ? 1 / KEPT : 1)
    : undefined;
  const findings = counts.map((count, finding) => {
    const all = finding === 0 ? first : showing(images, count, stream, normal);
    const ofPatient = own.map((shared) => shared + Math.sqrt(SHARED.finding) * stream.normal());
    const has = Uint8Array.from(kept, (image) => Number(all[image]));
    const networks = [new Float64Array(kept.length), new Float64Array(kept.length)];
    kept.forEach((image, place) => {
      const isOther = finding === 0 ? !normal[image] : stream.uniform() >= NORMAL;
      const raised = design === "weighted" && !has[place] && isOther ? RAISED : 0;
      const common = raised + ofPatient[images[image]!]! + Math.sqrt(SHARED.image) * stream.normal();
      truth.shifts.forEach((shift, network) => {
        networks[network]![place] = common + has[place]! * shift +
          Math.sqrt(SHARED.network) * stream.normal();
      });
    });
    return { truth: has, weights, networks };
  });
  return { index, findings };
}

/** Which images show a finding: at least one of each patient who has it, and none of those with no finding. */
function showing(
  images: readonly number[],
  count: number,
  stream: Random,
  normal?: readonly boolean[],
): boolean[] {
  const patients = images.at(-1)! + 1;
  const isIll = new Uint8Array(patients).fill(1, 0, count);
  if (normal) stream.shuffle(isIll);
  const shown = new Uint8Array(patients);
  return images.map((patient, image) => {
    if (!isIll[patient] || normal?.[image]) return false;
    const shows = !shown[patient] || stream.uniform() < SHOWING;
    shown[patient] = 1;
    return shows;
  });
}

function patientsOf(positives: number): number {
  return 80 + 4 * positives;
}

function poisson(mean: number, { uniform }: Random): number {
  let [count, left] = [-1, mean];
  for (; left > 0; count++) left += Math.log(1 - uniform());
  return count;
}

/** Draws maps of boxes: which of them hit, and how much they cover. */
function drawMaps({ design, positives }: Cell, stream: Random) {
  const patients: number[] = [];
  const level: number[] = [];
  for (let patient = 0; patient < positives; patient++) {
    const shared = stream.normal();
    for (let left = design === "one image" ? 1 : 1 + stream.integer(4); left > 0; left--) {
      patients.push(patient);
      level.push(normalTail(Math.SQRT1_2 * (shared + stream.normal())));
    }
  }
  return {
    images: patients.map((_, image) => image),
    index: { ofImage: Uint32Array.from(patients), count: positives },
    weights: new Float64Array(level.length).fill(1),
    hits: HIT_RATES.map((rate) => level.map((value) => value < rate)),
    covered: Float64Array.from(level, (value) => value < 0.6 ? 0.9 * value / 0.6 : 0),
  };
}

interface TrueFigures {
  /** How far the finding raises the scores of the first network and of the second. */
  shifts: number[];
  /** The part of the images that has the finding. */
  prevalence: number;
  averagePrecision: number;
  /** The score above which the first network calls a tenth of the images without the finding. */
  threshold: number;
  sensitivity: number;
  specificity: number;
  precision: number;
  calibration: Record<typeof PROBABILITIES[number], { brier: number; error: number }>;
}

/** The figures of infinitely many patients, by sums over a fine grid of scores. */
function trueFigures({ design, auc, positives }: Cell): TrueFigures {
  const patients = patientsOf(positives);
  const showing = design === "one image" ? 1 : 1 + SHOWING * (MEAN_IMAGES - 1);
  const prevalence = positives * showing / (patients * (design === "one image" ? 1 : MEAN_IMAGES));
  const raised = design === "weighted" ? 1 - NORMAL : 0;
  const negative = (z: number) => (1 - raised) * normalTail(z) + raised * normalTail(z - RAISED);
  const step = 0.002;
  const grid = Array.from({ length: 9000 }, (_, i) => -6 + step * i);
  const areaOf = (shift: number) =>
    (1 - raised) * (1 - normalTail(shift / Math.SQRT2)) +
    raised * (1 - normalTail((shift - RAISED) / Math.SQRT2));
  const shifts = [auc, auc - LESS].map((area) => {
    let [low, high] = [0, 8];
    while (high - low > 1e-12) {
      const middle = (low + high) / 2;
      if (areaOf(middle) < area) low = middle;
      else high = middle;
    }
    return low;
  });
  const shift = shifts[0]!;
  const tails = grid.map((z) => ({ positive: normalTail(z - shift), negative: negative(z) }));
  let averagePrecision = 0;
  const bins = Object.fromEntries(
    PROBABILITIES.map((kind) => [kind, { brier: 0, gaps: new Float64Array(BINS) }]),
  );
  for (let i = 0; i + 1 < grid.length; i++) {
    const positive = prevalence * (tails[i]!.positive - tails[i + 1]!.positive);
    const negative = (1 - prevalence) * (tails[i]!.negative - tails[i + 1]!.negative);
    const [above, below] = [tails[i]!, tails[i + 1]!].map((tail) =>
      prevalence * tail.positive / (prevalence * tail.positive + (1 - prevalence) * tail.negative)
    );
    averagePrecision += positive / prevalence * (Number.isFinite(below) ? (above! + below!) / 2 : above!);
    for (const kind of PROBABILITIES) {
      const probability = probabilityOf((grid[i]! + grid[i + 1]!) / 2, kind, { shifts, prevalence });
      const { gaps } = bins[kind]!;
      gaps[binOf(probability)]! += probability * (positive + negative) - positive;
      bins[kind]!.brier += positive * (1 - probability) ** 2 + negative * probability ** 2;
    }
  }
  let [low, high] = [-6, 6];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (negative(middle) > 0.1) low = middle;
    else high = middle;
  }
  const sensitivity = normalTail(low - shift);
  const called = prevalence * sensitivity + (1 - prevalence) * 0.1;
  return {
    shifts,
    prevalence,
    averagePrecision,
    threshold: low,
    sensitivity,
    specificity: 0.9,
    precision: prevalence * sensitivity / called,
    calibration: Object.fromEntries(
      PROBABILITIES.map((kind) => {
        const { brier, gaps } = bins[kind]!;
        const error = gaps.reduce((sum, gap) => sum + Math.abs(gap), 0);
        return [kind, { brier, error: kind === "calibrated" && design !== "weighted" ? 0 : error }];
      }),
    ) as TrueFigures["calibration"],
  };
}

/** The log odds that a score means, of normal scores that the finding shifts, as a probability. */
function probabilityOf(
  score: number,
  kind: typeof PROBABILITIES[number],
  { shifts: [shift = 0], prevalence }: Pick<TrueFigures, "shifts" | "prevalence">,
): number {
  const odds = shift * (score - shift / 2);
  const prior = Math.log(prevalence / (1 - prevalence));
  const sum = kind === "raised" ? odds : kind === "calibrated" ? odds + prior : 2 * (odds + prior);
  return 1 / (1 + Math.exp(-sum));
}
