import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../support/input_error.ts";

/** Where everything of a run lies. */
export interface RunFolder {
  dir: string;
  config: string;
  split: string;
  history: string;
  selection: string;
  checkpoints: string;
  /** The weights after an epoch. */
  checkpoint(epoch: number): string;
  /** The optimiser's averages after an epoch; only the last epoch's is kept. */
  optimizer(epoch: number): string;
  /** Scores of a part of the split. */
  predictions(part: "validation" | "test"): string;
  /** What the validation set's images are like: what other images are compared with. */
  reference: string;
  /** What the training set's images are, without their names: for baselines on other images. */
  trainingMetadata: string;
  metrics: string;
  gradCam: string;
  modelCard: string;
  report: string;
  /** A folder of event files for TensorBoard. */
  tensorboard: string;
}

/** The paths of a run folder. Nothing is made or read. */
export function runFolder(dir: string): RunFolder {
  const number = (epoch: number) => String(epoch).padStart(2, "0");
  const checkpoints = join(dir, "checkpoints");
  return {
    dir,
    config: join(dir, "config.json"),
    split: join(dir, "split.csv"),
    history: join(dir, "history.csv"),
    selection: join(dir, "selection.json"),
    checkpoints,
    checkpoint: (epoch) => join(checkpoints, `epoch-${number(epoch)}.safetensors`),
    optimizer: (epoch) => join(checkpoints, `optimizer-${number(epoch)}.safetensors`),
    predictions: (part) => join(dir, part, "predictions.csv"),
    trainingMetadata: join(dir, "training.csv"),
    reference: join(dir, "validation", "reference.safetensors"),
    metrics: join(dir, "test", "metrics.json"),
    gradCam: join(dir, "grad-cam"),
    modelCard: join(dir, "model-card.md"),
    report: join(dir, "report.html"),
    tensorboard: join(dir, "tensorboard"),
  };
}

/** A run folder that this process has for itself, until it is released or disposed of. */
export interface RunClaim extends Disposable {
  release(): void;
}

/**
 * Keeps a run folder, which is made where it is missing, for this process.
 *
 * @throws {InputError} Where another process has it.
 */
export async function claimRun({ dir }: RunFolder): Promise<RunClaim> {
  await Deno.mkdir(dir, { recursive: true });
  const folder = await Deno.open(dir);
  if (!await folder.tryLock(true)) {
    folder.close();
    throw new InputError(`${dir}: another process is at work on this run`);
  }
  let isHeld = true;
  function release(): void {
    if (isHeld) folder.close();
    isHeld = false;
  }
  return { release, [Symbol.dispose]: release };
}

/**
 * Makes sure that a new run can be written into a folder: it is missing, or holds nothing but drafts.
 *
 * @throws {InputError} Where it holds anything else.
 */
export async function checkFree({ dir }: RunFolder): Promise<void> {
  for (const name of await namesIn(dir)) {
    if (isDraft(name)) continue;
    throw new InputError(
      `${dir}: not empty: go on with its run with --resume, or name another folder with --run`,
    );
  }
}

/**
 * The split to open a started run's data with. None where the run was killed before it was written and has no epoch:
 * the same seed gives the same parts again.
 */
export function splitOf({ split, history }: RunFolder): { splitFile?: string } {
  return existsSync(split) || existsSync(history) ? { splitFile: split } : {};
}

/** Removes the drafts of files that a killed process left in a run folder. */
export async function removeDrafts({ dir, checkpoints, ...run }: RunFolder): Promise<void> {
  const folders = [
    dir,
    checkpoints,
    dirname(run.predictions("validation")),
    dirname(run.metrics),
    run.gradCam,
  ];
  for (const folder of folders) {
    for (const name of await namesIn(folder)) if (isDraft(name)) await Deno.remove(join(folder, name));
  }
}

/** Removes a run that ended before its first epoch did, and its folder where nothing else is in it. */
export async function removeRun({ dir, config, split, checkpoints, tensorboard }: RunFolder): Promise<void> {
  for (const path of [checkpoints, tensorboard, split, config]) {
    await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
  }
  if ((await namesIn(dir)).length === 0) await Deno.remove(dir);
}

/** Whether a file is what `writeAtomically` had not finished. */
function isDraft(name: string): boolean {
  return /\.\d+\.partial$/.test(name);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    ignoreMissing(error);
    return [];
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
