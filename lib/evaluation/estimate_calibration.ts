import { binOf, BINS } from "./calibration.ts";
import { clustersByTruth } from "./clusters.ts";
import type { Estimate } from "./estimate.ts";
import { estimateMean } from "./estimate_mean.ts";
import { membersOf } from "./members.ts";
import type { PatientIndex } from "./patient_index.ts";
import { type WeightedScores, weightsOf } from "./weighted_scores.ts";

/** The errors of a label's scores as probabilities. */
export interface CalibrationEstimates {
  /** The Brier score. */
  brier: Estimate;
  /** The expected calibration error. */
  expectedCalibrationError: Estimate;
}

/**
 * The Brier score and the expected calibration error of images of which patients may have several. The latter is a mean
 * too, of the difference of score and truth with the sign that the image's bin has, and too high as a rule: calibrated
 * scores have an error too, of chance alone, and an error that may be no more has an interval from 0. What is known
 * beforehand is the variance of a proportion, but no more than that of the prevalence, since it is the positives of which
 * few tell little. Null where there are no images.
 *
 * @param label Scores from 0 to 1.
 */
export function estimateCalibration(label: WeightedScores, index: PatientIndex): CalibrationEstimates | null {
  const { truth, scores } = label;
  const weights = weightsOf(label, truth.length);
  const { positives, negatives, all } = clustersByTruth(label, index);
  if (all.weight === 0) return null;
  const prevalence = (positives.weight / all.weight * all.effective + 0.5) / (all.effective + 1);
  const known = {
    weights,
    prior: prevalence * (1 - prevalence),
    patients: Math.min(positives.patients, negatives.patients),
  };
  const [gaps, squares] = [new Float64Array(truth.length), new Float64Array(truth.length)];
  const bins = new Uint8Array(truth.length);
  for (let image = 0; image < truth.length; image++) {
    gaps[image] = scores[image]! - truth[image]!;
    squares[image] = gaps[image]! ** 2;
    bins[image] = binOf(scores[image]!);
  }
  const { signs, ...noise } = binGaps({ scores, gaps, bins, weights }, index);
  const values = gaps;
  for (let image = 0; image < values.length; image++) values[image]! *= signs[bins[image]!]!;
  return {
    brier: estimateMean({ values: squares, ...known }, index)!,
    expectedCalibrationError: { ...estimateMean({ values, ...known }, index)!, ...noise },
  };
}

/** A bin whose gap is below so many standard errors may as well have none. */
const SURE_GAP = 3;

/** The mean size of a standard normal number. */
const EXPECTED = Math.sqrt(2 / Math.PI);

/** The gaps of bins between scores and truth, as parts of their sum. */
interface BinGaps {
  /** [bins] On which side of the diagonal each bin lies. */
  signs: Float64Array;
  /** By how much the sum may be too high: a bin without a gap shows one of √(2/π) standard errors on average. */
  optimism: number;
  /** The sum that calibrated scores would have by chance, and no less than its standard deviation. */
  chance: { mean: number; deviation: number };
}

function binGaps(
  { scores, gaps, bins, weights }:
    & Pick<WeightedScores, "scores">
    & Record<"gaps" | "weights", Float64Array>
    & { bins: Uint8Array },
  { ofImage, count }: PatientIndex,
): BinGaps {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const signs = new Float64Array(BINS);
  let [optimism, mean, variance] = [0, 0, 0];
  const images = membersOf(bins, BINS);
  for (let bin = 0; bin < BINS; bin++) {
    const [ofPatient, byChance] = [new Float64Array(count), new Float64Array(count)];
    let gap = 0;
    for (const image of images[bin]!) {
      const own = weights[image]! * gaps[image]! / total;
      ofPatient[ofImage[image]!]! += own;
      byChance[ofImage[image]!]! += weights[image]! / total *
        Math.sqrt(scores[image]! * (1 - scores[image]!));
      gap += own;
    }
    signs[bin] = Math.sign(gap);
    let [strayed, expected] = [0, 0];
    for (let patient = 0; patient < count; patient++) {
      strayed += (ofPatient[patient]! - gap / count) ** 2;
      expected += byChance[patient]! * byChance[patient]!;
    }
    const error = Math.sqrt(strayed);
    if (Math.abs(gap) < SURE_GAP * error) optimism += EXPECTED * error;
    const calibrated = Math.max(error, Math.sqrt(expected));
    mean += EXPECTED * calibrated;
    variance += calibrated * calibrated;
  }
  return { signs, optimism, chance: { mean, deviation: Math.sqrt(variance) } };
}
