import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { namesIn } from "../support/draft_folder.ts";
import { eventFilesIn, isSoundEventFile } from "../support/event_file.ts";
import { InputError } from "../support/input_error.ts";
import {
  adoptSummed,
  checkSummed,
  type Damage,
  removeSummed,
  summedFiles,
  SUMS_FILE,
} from "../support/summed_folder.ts";
import { readHistory } from "./history.ts";
import { readProvenance } from "./provenance.ts";
import type { RunConfig } from "./run_config.ts";
import { UNSUMMED_VERSION } from "./run_version.ts";
import { type RunFolder, sumsOf } from "./run_folder.ts";
import { epochsOf, readSelection } from "./select_epoch.ts";

const WAY_OUT = "put it back from a copy, or start anew in another folder";

/** A file of a run that is not as it was written. */
export interface RunDamage extends Damage {
  /**
   * Training goes on from a `source`; the rest is made anew from those when a run goes on: `results`, which other tasks
   * read, and `documents` for people (the report, the cards, the checklists, pictures, TensorBoard's events, where it comes from).
   */
  role: "source" | "result" | "document";
}

/**
 * Compares a run's files with their checksums. A run of before there were any is taken as it is.
 *
 * @param isMeant Which files, by their paths in the folder; all unless given.
 * @returns Results and documents that are not as they were written, or are missing.
 * @throws {InputError} Where that is so of a source.
 */
export async function findRunDamage(
  run: RunFolder,
  { version }: Pick<RunConfig, "version">,
  isMeant?: (file: string) => boolean,
): Promise<RunDamage[]> {
  const damages = await checkSummed(sumsOf(run), isMeant);
  if (damages === null && version !== UNSUMMED_VERSION) {
    throw new InputError(
      `${join(run.dir, SUMS_FILE)}: is missing, with the checksums of the run: ${WAY_OUT}`,
    );
  }
  const found: RunDamage[] = (damages ?? []).map((damage) => ({ ...damage, role: roleOf(damage.file) }));
  const source = found.find(({ role }) => role === "source");
  if (source) throw new InputError(`${source.message}: ${WAY_OUT}`);
  for (const path of await eventsWithoutSum(run)) {
    const file = relative(run.dir, path);
    if (isMeant?.(file) === false || await isSoundEventFile(path)) continue;
    const message = `${path}: damaged: an event does not have its checksum`;
    found.push({ file, isMissing: false, message, role: "document" });
  }
  return found;
}

/** The event files that a run's checksums do not have: those of a process that is at work, or was killed. */
async function eventsWithoutSum(run: RunFolder): Promise<string[]> {
  const summed = new Set(await runFiles(run));
  return (await eventFilesIn(run.tensorboard)).filter((path) => !summed.has(path));
}

function roleOf(file: string): RunDamage["role"] {
  if (
    /^(report\.html|(model-card|data-card|checklist)\.md|provenance\.json|(grad-cam|tensorboard)\/.*)$/.test(
      file,
    )
  ) {
    return "document";
  }
  return /^(selection\.json|training(-boxes)?\.csv|checkpoints\/statistics\.safetensors|(validation|test)\/.*)$/
      .test(
        file,
      )
    ? "result"
    : "source";
}

/** What is to be said of a run of before there were checksums, with which its files can be compared; null of others. */
export function unsummedInWords({ dir }: RunFolder): string | null {
  if (existsSync(join(dir, SUMS_FILE))) return null;
  return `${dir}: has no ${SUMS_FILE}, as runs of older versions: whether its files are as they were written cannot be told`;
}

/**
 * Makes sure that what is read of a run is as it was written.
 *
 * @returns What is to be said of its documents, and of a run without checksums, a line each.
 * @throws {InputError} Where a source or a result is not as it was written.
 */
export async function checkRunToRead(
  run: RunFolder,
  config: Pick<RunConfig, "version">,
  isMeant?: (file: string) => boolean,
): Promise<string[]> {
  const damages = await findRunDamage(run, config, isMeant);
  const result = damages.find(({ role }) => role === "result");
  if (result) {
    const flags = result.isMissing ? "--resume" : "--resume --overwrite";
    throw new InputError(`${result.message}: deno task train --run ${run.dir} ${flags} makes it anew`);
  }
  const unsummed = unsummedInWords(run);
  return [...(unsummed === null ? [] : [unsummed]), ...damages.map(({ message }) => message)];
}

/**
 * Makes sure that nothing of a run is written over that was changed since it wrote it.
 *
 * @throws {InputError} Where a source is not as it was written, or another file was changed and is not to be overwritten.
 */
export async function checkRunToWrite(
  run: RunFolder,
  config: Pick<RunConfig, "version">,
  { overwrite }: { overwrite: boolean },
): Promise<void> {
  const changed = (await findRunDamage(run, config)).find(({ isMissing }) => !isMissing);
  if (changed && !overwrite) {
    throw new InputError(`${changed.message}: move it away, or have it written anew with --overwrite`);
  }
}

/**
 * Compares one file of a run, or of another folder with checksums such as an evaluation's, with its own.
 *
 * @throws {InputError} Where it is not as it was written.
 */
export async function checkRunFile(run: RunFolder, path: string): Promise<void> {
  const damage = await damageOf(run, path);
  if (damage) throw new InputError(`${damage.message}: ${WAY_OUT}`);
}

/** Whether a file of a run is there as it was written; also where it has no checksum. */
export async function isRunFileAsWritten(run: RunFolder, path: string): Promise<boolean> {
  return await damageOf(run, path) === undefined;
}

async function damageOf(run: RunFolder, path: string): Promise<Damage | undefined> {
  return (await checkSummed({ dir: run.dir, kind: null }, (file) => join(run.dir, file) === path))?.[0];
}

/**
 * Compares a run's checkpoints with its history, before training goes on. Once an epoch was chosen, only its checkpoint
 * and the last one are needed: others may have been removed.
 *
 * @throws {InputError} Where a checkpoint that is needed is missing, there are later ones than the one that
 * a killed process may have written, or the history is missing.
 */
export async function checkCheckpoints(
  run: RunFolder,
  { findings }: Pick<RunConfig, "findings">,
): Promise<void> {
  const written = (await namesIn(run.checkpoints))
    .flatMap((name) => Number(name.match(/^epoch-(\d+)\.safetensors$/)?.[1] ?? []));
  const last = Math.max(0, ...written);
  if (!existsSync(run.history)) {
    if (last <= 1 && !existsSync(run.selection)) return;
    throw new InputError(`${run.history}: is missing, though the run has checkpoints: ${WAY_OUT}`);
  }
  const epochs = (await readHistory(run.history, findings)).length;
  const chosen = existsSync(run.selection) ? epochsOf(await readSelection(run.selection)) : null;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const isNeeded = chosen === null || chosen.includes(epoch) || epoch === epochs;
    if (!isNeeded || written.includes(epoch)) continue;
    throw new InputError(
      `${run.checkpoint(epoch)}: is missing, though ${run.history} has its epoch: ${WAY_OUT}`,
    );
  }
  if (last > epochs + 1) {
    throw new InputError(
      `${run.checkpoint(last)}: is newer than ${run.history}, which ends with epoch ${epochs}: ${WAY_OUT}`,
    );
  }
}

/** The paths of the files that a run wrote. */
export async function runFiles(run: RunFolder): Promise<string[]> {
  return (await summedFiles(sumsOf(run))).map((file) => join(run.dir, file));
}

/**
 * Takes the event files of a run that no process writes to any more into its checksums, and those that are gone out of
 * them. One that is damaged by its own checksums (CRC-32C) is left out.
 */
export async function sumEvents(run: RunFolder): Promise<void> {
  const events = relative(run.dir, run.tensorboard) + "/";
  await removeSummed(sumsOf(run), (file) => file.startsWith(events) && !existsSync(join(run.dir, file)));
  const sound: string[] = [];
  for (const path of await eventsWithoutSum(run)) {
    if (await isSoundEventFile(path)) sound.push(relative(run.dir, path));
  }
  if (sound.length > 0) await adoptSummed(sumsOf(run), sound);
}

/** Gives a run of before there were checksums of all files those of the files that it has. */
export async function adoptRun(
  run: RunFolder,
  { version, findings }: Pick<RunConfig, "version" | "findings">,
): Promise<void> {
  if (version === UNSUMMED_VERSION && !existsSync(join(run.dir, SUMS_FILE))) await adoptAll(run, findings);
  await sumEvents(run);
  const isOld = !(await runFiles(run)).includes(run.provenance);
  if (isOld && await readProvenance(run) !== null) {
    await adoptSummed(sumsOf(run), [relative(run.dir, run.provenance)]);
  }
}

async function adoptAll(run: RunFolder, findings: readonly string[]): Promise<void> {
  const pictures = await namesIn(run.gradCam);
  const checkpoints = await namesIn(run.checkpoints);
  const files = [
    run.config,
    run.split,
    run.history,
    run.selection,
    ...checkpoints.filter((name) => /^(epoch|optimizer)-\d+\.safetensors$/.test(name))
      .map((name) => `${run.checkpoints}/${name}`),
    run.predictions("validation"),
    run.predictions("test"),
    run.reference,
    run.trainingMetadata,
    run.metrics,
    ...pictures.filter((name) => findings.some((finding) => name === `${finding}.png`))
      .map((name) => `${run.gradCam}/${name}`),
    run.modelCard,
    run.report,
  ];
  await adoptSummed(sumsOf(run), files.map((file) => relative(run.dir, file)));
}
