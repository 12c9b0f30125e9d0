import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isDraftName, namesIn, removeDeadDrafts } from "../support/draft_folder.ts";
import { eventFilesIn, isSoundEventFile } from "../support/event_file.ts";
import { InputError } from "../support/input_error.ts";
import {
  isBegunOnly,
  removeSummed,
  settleSummed,
  summedFiles,
  type SummedFolder,
  SUMS_FILE,
  writeSummed,
  type WriteSummedOptions,
} from "../support/summed_folder.ts";
import { ifMissing } from "../support/if_missing.ts";

/** Where everything of a run lies. */
export interface RunFolder {
  /** The folder itself. */
  dir: string;
  /** The settings and findings: `config.json`. */
  config: string;
  /** The set of each image: `split.csv`. */
  split: string;
  /** A row an epoch: `history.csv`. */
  history: string;
  /** The chosen epoch: `selection.json`. */
  selection: string;
  /** The folder of the checkpoints. */
  checkpoints: string;
  /** The weights after an epoch. */
  checkpoint(epoch: number): string;
  /** Batch normalisation's running statistics for the chosen weights, where they were computed anew. */
  statistics: string;
  /** The optimizer's state after an epoch; only the last epoch's is kept. */
  optimizer(epoch: number): string;
  /** Scores of a set of the split. */
  predictions(subset: "validation" | "test"): string;
  /** What the validation set's images are like: what other images are compared with. */
  reference: string;
  /** What the training set's images are, without their names: for baselines on other images. */
  trainingMetadata: string;
  /** The training set's bounding boxes, without the images' names: for prior maps on other images. */
  trainingBoxes: string;
  /** The test metrics: `test/metrics.json`. */
  metrics: string;
  /** The folder of the Grad-CAM pictures. */
  gradCam: string;
  /** The model card: `model-card.md`. */
  modelCard: string;
  /** The data card: `data-card.md`. */
  dataCard: string;
  /** The reporting checklists: `checklist.md`. */
  checklist: string;
  /** The report: `report.html`. */
  report: string;
  /** Where, when and with what it was made. */
  provenance: string;
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
    statistics: join(checkpoints, "statistics.safetensors"),
    optimizer: (epoch) => join(checkpoints, `optimizer-${number(epoch)}.safetensors`),
    predictions: (subset) => join(dir, subset, "predictions.csv"),
    trainingMetadata: join(dir, "training.csv"),
    trainingBoxes: join(dir, "training-boxes.csv"),
    reference: join(dir, "validation", "reference.safetensors"),
    metrics: join(dir, "test", "metrics.json"),
    gradCam: join(dir, "grad-cam"),
    modelCard: join(dir, "model-card.md"),
    dataCard: join(dir, "data-card.md"),
    checklist: join(dir, "checklist.md"),
    report: join(dir, "report.html"),
    provenance: join(dir, "provenance.json"),
    tensorboard: join(dir, "tensorboard"),
  };
}

/** A run folder that this process has for itself, until it is released or disposed of. */
export interface RunClaim extends Disposable {
  /** Lets others train it. */
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
 * Makes sure that a new run can be written into a folder: it is missing, empty, or holds what a process left that was
 * killed before it wrote anything.
 *
 * @param options `resumes` says whether the task can go on with a run that is there. Default: true.
 * @throws {InputError} Where it holds anything else.
 */
export async function checkFree(
  run: RunFolder,
  { resumes = true }: { resumes?: boolean } = {},
): Promise<void> {
  for (const name of await namesIn(run.dir)) {
    if (isDraftName(name) || (name === SUMS_FILE && await isBegunOnly(sumsOf(run)))) continue;
    throw new InputError(
      `${run.dir}: not empty: ${
        resumes ? "go on with its run with --resume, start it anew" : "replace its run"
      } with --overwrite, or name another folder with --run`,
    );
  }
}

/**
 * The split to open a started run's data with. None where the run was killed before it was written and has no epoch:
 * the same seed gives the same split again.
 */
export function splitOf({ split, history }: RunFolder): { splitFile?: string } {
  return existsSync(split) || existsSync(history) ? { splitFile: split } : {};
}

/** Whether a file of a run, by its path in the folder, is the optimizer's state of an epoch before one. */
export function isOlderOptimizer(run: RunFolder, file: string, epoch: number): boolean {
  const number = Number(file.match(/optimizer-(\d+)\.safetensors$/)?.[1]);
  return number < epoch && join(run.dir, file) === run.optimizer(number);
}

/** Writes files of a run, given by their paths, and keeps their checksums. */
export async function writeRunFiles(
  run: RunFolder,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: WriteSummedOptions = {},
): Promise<void> {
  const inside = Object.entries(files).map(([path, content]) => [relative(run.dir, path), content]);
  await writeSummed(sumsOf(run), Object.fromEntries(inside), { ...options, mayBeRead: true });
}

/** Removes a run's own files, as it wrote them, and the folders in its folder that are empty then. */
export async function removeRunFiles(run: RunFolder): Promise<void> {
  const summed = new Set((await summedFiles(sumsOf(run))).map((file) => join(run.dir, file)));
  await removeSummed(sumsOf(run), () => true);
  for (const file of await eventFilesIn(run.tensorboard)) {
    if (!summed.has(file) && await isSoundEventFile(file)) await Deno.remove(file);
  }
  for (const folder of foldersOf(run)) if (folder !== run.dir) await removeEmpty(folder);
}

/** Removes a run's own files, and its folder where nothing else is in it. */
export async function removeRun(run: RunFolder): Promise<void> {
  await removeRunFiles(run);
  await removeEmpty(run.dir);
}

async function removeEmpty(folder: string): Promise<void> {
  await removeDeadDrafts(folder);
  if ((await namesIn(folder)).length === 0) await Deno.remove(folder).catch(ifMissing);
}

/** Removes what killed processes left in a run folder, and brings its checksums up to date with what they wrote. */
export async function tidyRun(run: RunFolder): Promise<void> {
  for (const folder of foldersOf(run)) await removeDeadDrafts(folder);
  await settleSummed(sumsOf(run));
}

/** A run folder as one whose files have checksums. */
export function sumsOf({ dir }: RunFolder): SummedFolder {
  return { dir, kind: "run" };
}

function foldersOf({ dir, checkpoints, gradCam, tensorboard, ...run }: RunFolder): string[] {
  return [
    dir,
    checkpoints,
    dirname(run.predictions("validation")),
    dirname(run.metrics),
    gradCam,
    tensorboard,
  ];
}
