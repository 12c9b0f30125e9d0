import { trainingMemory } from "../model/memory.ts";
import { writePhantoms } from "../phantom/write_phantoms.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";
import { checkMemory } from "../training/check_memory.ts";
import { networkOf } from "../training/network_of.ts";
import { type RateCurve, rateCurve } from "../training/rate_curve.ts";
import { rateRange, type RateRangeOptions } from "../training/rate_range.ts";
import { type Settings, wantsPhantoms } from "../training/settings.ts";
import { openTrainingData } from "../training/training_data.ts";
import { initialState } from "../training/training_state.ts";
import { findWeights } from "./find_weights.ts";
import { progressOf, type RunContext } from "./reporter.ts";

/**
 * Runs a learning-rate range test of a training that settings describe, with its data, network and initial weights. Writes
 * nothing but the image cache, and phantoms where there are no data.
 *
 * @throws {InputError} For what is wrong with settings, weights or data.
 */
export async function findRate(
  settings: Settings,
  range: Pick<RateRangeOptions, "lowest" | "highest" | "steps">,
  context: RunContext = {},
): Promise<RateCurve> {
  const { signal } = context;
  checkMemory(trainingMemory(networkOf(settings, ["a finding"]), settings), settings);
  const weights = findWeights(settings);
  const source = wantsPhantoms(settings) ? { ...settings, data: PHANTOM_FOLDER } : settings;
  if (wantsPhantoms(settings)) {
    await writePhantoms(PHANTOM_FOLDER, { ...progressOf(context, "Drawing phantoms"), signal });
  }
  using data = await openTrainingData(source, { ...progressOf(context, "Decoding images"), signal });
  using state = await initialState(settings, { findings: data.findings, weights });
  const { onProgress: onStep } = progressOf(context, "Training");
  return rateCurve(await rateRange(settings, { ...range, state, data, onStep, signal }));
}
