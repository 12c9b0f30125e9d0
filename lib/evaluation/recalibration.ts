import { UNKNOWN } from "../dataset/entry.ts";
import { areProbabilities, type Calibration, calibration } from "./calibration.ts";
import type { IntervalOptions } from "./interval.ts";
import { applyIsotonic, fitIsotonic } from "./isotonic.ts";
import { type PatientIndex, patientsOf } from "./patient_index.ts";
import { applyPlatt, fitPlatt, type Platt } from "./platt.ts";
import { labelColumn, type Predictions } from "./predictions.ts";
import { eachImageAlone } from "./proportion.ts";
import { type CrossEntropyWeights, undoWeights } from "./prior_correction.ts";
import { applyTemperature, fitTemperature } from "./temperature.ts";

/**
 * What is done to scores before they are taken as probabilities: nothing; the loss' weights undone; one temperature for
 * the network; Platt's scaling or an isotonic function for each label. The last three are fitted on the
 * validation set, and the last two make probabilities of any scores, logits and percent too.
 */
export type CalibrationMethod = "raw" | "unweighted" | "temperature" | "platt" | "isotonic";

/** What calibration is to use. */
export interface RecalibrateOptions extends IntervalOptions {
  /** The images by patient, for the intervals; by default each is of another patient. */
  patients?: PatientIndex | undefined;
  /** The same network's predictions for the validation set. */
  validation?: Predictions | undefined;
  /** The weights of each label in the loss that the network was trained with. */
  lossWeights?: readonly CrossEntropyWeights[] | undefined;
}

/** The calibration of a network before and after each remedy. */
export interface Recalibration {
  /** The temperature; null without a validation set or where none fits. */
  temperature: number | null;
  /** Each label's calibration, null where a remedy could not be fitted, and its fit of Platt's scaling. */
  labels: { calibration: Record<CalibrationMethod, Calibration | null>; platt: Platt | null }[];
}

/**
 * Measures how well scores serve as probabilities, as they are and after each remedy.
 *
 * @throws {RangeError} When the weights' number is not the labels'.
 */
export function recalibrate(predictions: Predictions, options: RecalibrateOptions = {}): Recalibration {
  const { validation, lossWeights } = options;
  const { labels } = predictions;
  if (lossWeights && lossWeights.length !== labels.length) {
    throw new RangeError(`${lossWeights.length} loss weights do not fit ${labels.length} labels`);
  }
  const temperature = temperatureOf(validation);
  return {
    temperature,
    labels: labels.map((_, label) => recalibrateLabel(predictions, label, { ...options, temperature })),
  };
}

/** The temperature of a validation set whose scores are probabilities; null without one or where none fits. */
export function temperatureOf(validation: Predictions | undefined): number | null {
  if (validation === undefined || !areProbabilities(validation.scores)) return null;
  const { truth, scores, labels, weights } = validation;
  const known = Uint32Array.from(truth.keys()).filter((index) => truth[index] !== UNKNOWN);
  const width = labels.length;
  return fitTemperature(
    Uint8Array.from(known, (index) => truth[index]!),
    Float64Array.from(known, (index) => scores[index]!),
    weights ? { weights: Float64Array.from(known, (index) => weights[Math.floor(index / width)]!) } : {},
  );
}

/** Measures how well one label's scores serve as probabilities, as they are and after each remedy. */
export function recalibrateLabel(
  predictions: Predictions,
  label: number,
  options: RecalibrateOptions & { temperature: number | null },
): Recalibration["labels"][number] {
  const { validation, lossWeights, patients = eachImageAlone(predictions.images.length), level } = options;
  const { temperature } = options;
  const { images, truth, scores, weights: sampled } = labelColumn(predictions, label);
  const how = {
    weights: sampled,
    patients: patientsOf(patients, images),
    ...(level === undefined ? {} : { level }),
  };
  const fitted = validation && labelColumn(validation, label);
  const areBoth = areProbabilities(scores) && fitted !== undefined && areProbabilities(fitted.scores);
  const platt = fitted
    ? fitPlatt(fitted.truth, fitted.scores, {
      input: areBoth ? "log odds" : "score",
      weights: fitted.weights,
    })
    : null;
  const isotonic = fitted ? fitIsotonic(fitted.truth, fitted.scores, fitted) : null;
  const weights = lossWeights?.[label];
  const raw = calibration(truth, scores, how);
  const after = (remedy: false | null | undefined | ((score: number) => number)) =>
    remedy ? calibration(truth, scores.map(remedy), how) : null;
  return {
    calibration: {
      raw,
      unweighted: after(
        raw && weights && Math.min(weights.positive, weights.negative) > 0 &&
          ((score) => undoWeights(score, weights)),
      ),
      temperature: after(
        raw && temperature !== null && ((score) => applyTemperature(temperature, score)),
      ),
      platt: after(platt && ((score) => applyPlatt(platt, score))),
      isotonic: after(isotonic && ((score) => applyIsotonic(isotonic, score))),
    },
    platt,
  };
}
