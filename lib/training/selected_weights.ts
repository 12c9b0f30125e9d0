import { tf } from "../tensorflow/mod.ts";
import type { Model } from "../model/model.ts";
import { readCheckpoint, readStatistics } from "./checkpoint.ts";
import type { RunFolder } from "./run_folder.ts";
import { epochsOf, type Selection } from "./select_epoch.ts";

/**
 * Reads the weights that a run stands for into a model: those of the chosen epoch, or the mean of several epochs', batch
 * normalisation's running statistics among them, or those that were computed anew.
 *
 * @throws {InputError} Where a checkpoint is missing, damaged or of another network.
 */
export async function readSelectedWeights(
  run: RunFolder,
  model: Model,
  { selection, findings }: { selection: Selection; findings: readonly string[] },
): Promise<void> {
  await readEpochs(run, model, { selection, findings });
  if (selection.statistics === "recomputed") await readStatistics(run.statistics, model, selection);
}

async function readEpochs(
  run: RunFolder,
  model: Model,
  { selection, findings }: { selection: Selection; findings: readonly string[] },
): Promise<void> {
  const epochs = epochsOf(selection);
  const read = (epoch: number) => readCheckpoint(run.checkpoint(epoch), model, { epoch, findings });
  if (epochs.length === 1) return void await read(epochs[0]!);
  const variables = [model.weights, model.moving];
  const sums = variables.map((variable) => new Float64Array(variable.size));
  for (const epoch of epochs) {
    await read(epoch);
    variables.forEach((variable, i) => {
      variable.dataSync().forEach((value, place) => sums[i]![place]! += value);
    });
  }
  tf.tidy(() =>
    variables.forEach((variable, i) =>
      variable.assign(tf.tensor1d(Float32Array.from(sums[i]!, (sum) => sum / epochs.length)))
    )
  );
}
