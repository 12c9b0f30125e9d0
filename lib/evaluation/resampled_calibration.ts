import { binOf, BINS } from "./calibration.ts";
import type { LabelColumn } from "./predictions.ts";

/** The calibration of a resample. */
export interface ResampledCalibration {
  /** The Brier score. */
  brier: number;
  /** The expected calibration error. */
  expectedCalibrationError: number;
}

/**
 * Prepares a label for a bootstrap over patients: each patient's errors are summed by bin once, and what comes back
 * gives the Brier score and the expected calibration error of any resample.
 *
 * @param column The label's truth and scores, from 0 to 1.
 * @param ofImage The place of each image's patient in a resample.
 */
export function resampledCalibration(
  { truth, scores }: Pick<LabelColumn, "truth" | "scores">,
  ofImage: ArrayLike<number>,
): (counts: Uint16Array) => ResampledCalibration {
  const cells = new Map<
    number,
    { patient: number; bin: number; images: number; gap: number; squares: number }
  >();
  scores.forEach((score, image) => {
    const patient = ofImage[image]!;
    const bin = binOf(score);
    const cell = cells.get(patient * BINS + bin) ?? { patient, bin, images: 0, gap: 0, squares: 0 };
    cells.set(patient * BINS + bin, cell);
    cell.images++;
    cell.gap += score - truth[image]!;
    cell.squares += (score - truth[image]!) ** 2;
  });
  const list = [...cells.values()];
  const patients = Uint32Array.from(list, ({ patient }) => patient);
  const bins = Uint8Array.from(list, ({ bin }) => bin);
  const images = Float64Array.from(list, (cell) => cell.images);
  const gaps = Float64Array.from(list, ({ gap }) => gap);
  const squares = Float64Array.from(list, (cell) => cell.squares);
  const gapOfBin = new Float64Array(BINS);

  return (counts) => {
    gapOfBin.fill(0);
    let drawn = 0;
    let error = 0;
    for (let cell = 0; cell < patients.length; cell++) {
      const count = counts[patients[cell]!]!;
      drawn += count * images[cell]!;
      error += count * squares[cell]!;
      gapOfBin[bins[cell]!]! += count * gaps[cell]!;
    }
    return {
      brier: error / drawn,
      expectedCalibrationError: gapOfBin.reduce((sum, gap) => sum + Math.abs(gap), 0) / drawn,
    };
  };
}
