import { InputError } from "../support/input_error.ts";
import type { RunContext } from "./reporter.ts";

/**
 * Ends a run whose training was stopped: by this process, or by another worker.
 *
 * @throws The signal's reason.
 * @throws {InputError} Where another worker was stopped; it names that one.
 */
export async function throwStopped({ signal, group, nameOf }: RunContext): Promise<void> {
  const stopped = await group?.together(group.exchange(signal?.aborted ?? false));
  signal?.throwIfAborted();
  const worker = stopped?.indexOf(true) ?? -1;
  if (worker < 0) return;
  throw new InputError(`${nameOf!(worker)} was stopped: start all workers again with --resume`);
}
