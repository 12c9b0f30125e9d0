import { existsSync } from "node:fs";
import { type Adam, adam } from "../model/adam.ts";
import { createModel, type Model } from "../model/model.ts";
import { loadWeights } from "../model/load_weights.ts";
import { readCheckpoint, readOptimizer } from "./checkpoint.ts";
import { type HistoryRow, readHistory } from "./history.ts";
import { networkOf } from "./network_of.ts";
import type { RunFolder } from "./run_folder.ts";
import type { Settings } from "./settings.ts";

/** Where a training is after its last complete epoch; disposing of it frees the model and the optimizer. */
export interface TrainingState extends Disposable {
  /** The network with its weights. */
  model: Model;
  /** The optimizer with its state. */
  optimizer: Adam;
  /** A row for each complete epoch; empty before the first. */
  history: HistoryRow[];
  /** What was taken from a file of initial weights and what was not, a sentence each; empty where there was no file. */
  weightNotes: readonly string[];
}

/** The state of a model that has not been trained. */
export function newState(model: Model): TrainingState {
  const optimizer = adam(model.weights.size);
  return {
    model,
    optimizer,
    history: [],
    weightNotes: [],
    [Symbol.dispose]() {
      optimizer.dispose();
      model.dispose();
    },
  };
}

/** What a training starts from. */
export interface InitialStateOptions {
  /** The findings that the network scores, in the order of its outputs. */
  findings: readonly string[];
  /** The file of the initial weights; null for random ones. */
  weights: string | null;
  /** The folder of a run that is to go on. */
  resumed?: RunFolder | undefined;
}

/**
 * The one way for weights into a training: those after a run's last complete epoch, with the optimizer's state; else
 * the initial weights, from a file or random.
 *
 * @throws {InputError} Where a file cannot be read, or is of another network.
 */
export async function initialState(
  settings: Settings,
  { findings, weights, resumed }: InitialStateOptions,
): Promise<TrainingState> {
  const state = newState(createModel(networkOf(settings, findings), settings));
  try {
    if (resumed && existsSync(resumed.history)) await restore(state, { run: resumed, findings });
    else if (weights !== null) {
      const { notes } = await loadWeights(state.model, weights, { findings });
      state.weightNotes = notes;
    }
    return state;
  } catch (error) {
    state[Symbol.dispose]();
    throw error;
  }
}

async function restore(
  state: TrainingState,
  { run, findings }: { run: RunFolder; findings: readonly string[] },
): Promise<void> {
  const history = await readHistory(run.history, findings);
  const last = history.at(-1);
  if (!last) return;
  const { epoch } = last;
  await readCheckpoint(run.checkpoint(epoch), state.model, { epoch, findings });
  await readOptimizer(run.optimizer(epoch), state.optimizer, { epoch });
  state.history.push(...history);
}
