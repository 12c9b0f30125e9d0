import * as z from "zod";
import { InputError } from "../support/input_error.ts";
import type { Settings } from "./settings.ts";

const count = z.int().min(1);
const CHANGES = z.array(z.object({ afterEpoch: z.int().min(0), workers: count, batchSize: count }));

/** With how many workers a run went on after an epoch, and with which batch size. */
export interface WorkersChange {
  /** The complete epochs before; 0 for how the run began. */
  afterEpoch: number;
  /** The number of workers from there on. */
  workers: number;
  /** The batch size of all of them together. */
  batchSize: number;
}

/**
 * A run's settings for another number of workers, among which its batch has to be divisible: the largest batch size that
 * is, of at most the one that the run began with.
 */
export function withWorkers<T extends Pick<Settings, "workers" | "batchSize">>(
  settings: T,
  { workers, batchSize = settings.batchSize }: { workers: number; batchSize?: number | undefined },
): T {
  return { ...settings, workers, batchSize: Math.max(1, Math.floor(batchSize / workers)) * workers };
}

/** The changes of a run that goes on with other workers than before; the first says how it began. */
export function changesWith(
  { workers, batchSize }: Pick<Settings, "workers" | "batchSize">,
  { before, changes = [], epoch }: {
    before: Pick<Settings, "workers" | "batchSize">;
    changes?: readonly WorkersChange[] | undefined;
    epoch: number;
  },
): WorkersChange[] {
  const known = changes.length > 0
    ? changes
    : [{ afterEpoch: 0, workers: before.workers, batchSize: before.batchSize }];
  // Those that ended before another epoch was complete have left nothing.
  const lasting = known.filter(({ afterEpoch }, i) => i === 0 || afterEpoch < epoch);
  return [...lasting, { afterEpoch: epoch, workers, batchSize }];
}

/**
 * Checks what a run's file says of them.
 *
 * @throws {InputError} Where it is something else.
 */
export function checkChanges(value: unknown, file: string): WorkersChange[] {
  const { success, data } = CHANGES.safeParse(value);
  if (!success) throw new InputError(`${file}: workers: damaged`);
  return data;
}
