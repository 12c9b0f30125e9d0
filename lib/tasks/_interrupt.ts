/** What is said when Ctrl-C ends a task. */
export interface InterruptMessages {
  /** Said at the first Ctrl-C. */
  heard: string;
  /** Gives what is said when the work has ended because of it: what is left of it, and how to go on. */
  stopped: () => string;
}

/**
 * Does work that Ctrl-C may end: the first asks it to end at the next good moment, by throwing the signal's reason;
 * the second ends the process at once, even where its thread is caught in a loop. Either way the process' status is 130,
 * as shells have it for Ctrl-C.
 */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<void>,
  { heard, stopped }: InterruptMessages,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const worker = new Worker(new URL("./_interrupt_worker.ts", import.meta.url), { type: "module" });
  const isReady = Promise.withResolvers<void>();
  worker.onmessage = ({ data }) => data === "ready" ? isReady.resolve() : controller.abort();
  worker.onerror = ({ message }) => isReady.reject(new Error(message));
  worker.postMessage({ heard });
  try {
    await isReady.promise;
    await work(signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    console.error(stopped());
    Deno.exitCode = 130;
  } finally {
    worker.terminate();
  }
}
