import { trainingMemory } from "../model/memory.ts";
import { writePhantoms } from "../phantom/write_phantoms.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";
import { checkMemory } from "../training/check_memory.ts";
import { networkOf } from "../training/network_of.ts";
import { runFolder } from "../training/run_folder.ts";
import { scoreShared } from "../training/score_shared.ts";
import { type Settings, wantsPhantoms } from "../training/settings.ts";
import { train } from "../training/train.ts";
import { openTrainingData } from "../training/training_data.ts";
import { initialState } from "../training/training_state.ts";
import { shardBatchSize, shareState } from "../training/worker_group.ts";
import { testScorer } from "../training/test_time_copies.ts";
import { agreeOnData } from "./agree_on_data.ts";
import { explainTest } from "./explain_run.ts";
import { progressOf, type RunContext, type Shared } from "./reporter.ts";
import { throwStopped } from "./throw_stopped.ts";

/** What worker 0 alone has. */
const NO_FOLDER = runFolder("");

/**
 * The part of a worker that is not the first: trains with the others, from the state that worker 0 has, and scores and
 * explains its share of the validation and the test images. It writes nothing but its image cache.
 *
 * @throws {InputError} Where its data are others than worker 0's, or another worker is gone.
 */
export async function assistRun(settings: Settings, context: RunContext & Shared): Promise<void> {
  const { group, signal, reporter } = context;
  checkMemory(trainingMemory(networkOf(settings, ["a finding"]), settings), settings);
  const source = wantsPhantoms(settings) ? { ...settings, data: PHANTOM_FOLDER } : settings;
  if (wantsPhantoms(settings)) {
    await writePhantoms(PHANTOM_FOLDER, { ...progressOf(context, "Drawing phantoms"), signal });
  }
  using data = await openTrainingData(source, {
    ...progressOf(context, "Decoding images"),
    worker: group,
    signal,
  });
  const { findings, cache, split } = data;
  await agreeOnData(data, context);
  using state = await initialState(settings, { findings, weights: null });
  await shareState(state, { group, folder: "" });
  const { stopped } = await train(settings, {
    state,
    data,
    run: NO_FOLDER,
    signal,
    group,
    onEpoch: (row, history) => reporter?.onEpoch?.(row, history),
  });
  if (stopped) await throwStopped(context);
  const { model } = state;
  await group.broadcast([model.weights, model.moving]);
  const score = testScorer(model, settings);
  const batchSize = shardBatchSize(settings);
  const scored = (subset: "validation" | "test") =>
    scoreShared(score, { cache, findings, entries: split[subset] }, { batchSize, group, signal });
  await scored("validation");
  const { predictions: test } = await scored("test");
  score.dispose();
  await explainTest(model, { data, settings, test }, context);
}
