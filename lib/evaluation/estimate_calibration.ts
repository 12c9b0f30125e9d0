import { binOf, BINS } from "./calibration.ts";
import { clustersOf } from "./clusters.ts";
import type { Estimate } from "./estimate.ts";
import { estimateMean } from "./estimate_mean.ts";
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
 * too, of the difference of score and truth with the sign that the image's bin has, and too high as a rule. What is known
 * beforehand is the variance of a proportion, but no more than that of the prevalence, since it is the positives of which
 * few tell little. Null where there are no images.
 *
 * @param label Scores from 0 to 1.
 */
export function estimateCalibration(label: WeightedScores, index: PatientIndex): CalibrationEstimates | null {
  const { truth, scores } = label;
  const weights = weightsOf(label, truth.length);
  const positives = clustersOf(weights.map((weight, image) => truth[image] ? weight : 0), index);
  const negatives = clustersOf(weights.map((weight, image) => truth[image] ? 0 : weight), index);
  const all = clustersOf(weights, index);
  if (all.weight === 0) return null;
  const prevalence = (positives.weight / all.weight * all.effective + 0.5) / (all.effective + 1);
  const known = {
    weights,
    prior: prevalence * (1 - prevalence),
    patients: Math.min(positives.patients, negatives.patients),
  };
  const gaps = weights.map((_, image) => scores[image]! - truth[image]!);
  const bins = weights.map((_, image) => binOf(scores[image]!));
  const { signs, optimism } = binGaps({ gaps, bins, weights }, index);
  const values = gaps.map((gap, image) => signs[bins[image]!]! * gap);
  return {
    brier: estimateMean({ values: gaps.map((gap) => gap ** 2), ...known }, index)!,
    expectedCalibrationError: { ...estimateMean({ values, ...known }, index)!, optimism },
  };
}

/** A bin whose gap is below so many standard errors may as well have none. */
const SURE_GAP = 3;

/**
 * On which side of the diagonal each bin lies, and by how much the sum of the gaps may be too high: a bin without a gap
 * shows one of √(2/π) standard errors on average.
 */
function binGaps(
  { gaps, bins, weights }: { gaps: Float64Array; bins: Float64Array; weights: Float64Array },
  { ofImage, count }: PatientIndex,
): { signs: Float64Array; optimism: number } {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const signs = new Float64Array(BINS);
  let optimism = 0;
  const images = Array.from({ length: BINS }, () => [] as number[]);
  bins.forEach((bin, image) => images[bin]!.push(image));
  for (let bin = 0; bin < BINS; bin++) {
    const ofPatient = new Float64Array(count);
    let gap = 0;
    for (const image of images[bin]!) {
      const own = weights[image]! * gaps[image]! / total;
      ofPatient[ofImage[image]!]! += own;
      gap += own;
    }
    signs[bin] = Math.sign(gap);
    const error = Math.sqrt(ofPatient.reduce((sum, own) => sum + (own - gap / count) ** 2, 0));
    if (Math.abs(gap) < SURE_GAP * error) optimism += Math.sqrt(2 / Math.PI) * error;
  }
  return { signs, optimism };
}
