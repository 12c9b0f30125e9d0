/** What is said when Ctrl-C ends a task. */
export interface InterruptMessages {
  /** Said at the first Ctrl-C. */
  heard: string;
  /** Gives what is said when the work has ended because of it: what is left of it, and how to go on. */
  stopped: () => string;
}

/** Milliseconds. */
const SAME_PRESS = 500;

/**
 * Does work that Ctrl-C may end: the first asks it to end at the next good moment, by throwing the signal's reason;
 * the second ends the process at once. Either way the process' status is 130, as shells have it for Ctrl-C.
 *
 * `deno task` hands Ctrl-C on to a process that has it from the terminal already, so what comes within half a second
 * counts as the same.
 */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<void>,
  { heard, stopped }: InterruptMessages,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  let first = -Infinity;
  const listener = () => {
    if (performance.now() - first < SAME_PRESS) return;
    if (signal.aborted) Deno.exit(130);
    first = performance.now();
    console.error(`${Deno.stderr.isTerminal() ? "\n" : ""}${heard} (Ctrl-C again: at once)`);
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", listener);
  try {
    await work(signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    console.error(stopped());
    Deno.exitCode = 130;
  } finally {
    Deno.removeSignalListener("SIGINT", listener);
  }
}
