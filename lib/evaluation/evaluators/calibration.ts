import { areProbabilities, type Calibration } from "../calibration.ts";
import { intervalOf } from "../estimate.ts";
import { estimateCalibration } from "../estimate_calibration.ts";
import type { Interval } from "../interval.ts";
import type { Platt } from "../platt.ts";
import type { CalibrationMethod } from "../recalibration.ts";
import type { LabelContext } from "./label_context.ts";

/** How far a label's scores are from probabilities. */
export interface LabelCalibration {
  /** The Brier score's interval; null where the scores are no probabilities. */
  brierInterval: Interval | null;
  /** The expected calibration error's interval, which allows for the error being too high as a rule. */
  expectedCalibrationErrorInterval: Interval | null;
  /** The calibration of the scores as they are, and after each remedy; null where a remedy could not be fitted. */
  calibration: Record<CalibrationMethod, Calibration | null>;
  /** Platt's scaling as fitted on the validation set; null where it could not be. */
  platt: Platt | null;
}

/** A label's calibration errors with their intervals, and what each remedy makes of them. */
export function labelCalibration({ column, patients, recalibrated, level }: LabelContext): LabelCalibration {
  const estimates = areProbabilities(column.scores) ? estimateCalibration(column, patients) : null;
  return {
    brierInterval: estimates && intervalOf(estimates.brier, { level }),
    expectedCalibrationErrorInterval: estimates && intervalOf(estimates.expectedCalibrationError, { level }),
    ...recalibrated,
  };
}
