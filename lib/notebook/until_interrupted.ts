/**
 * Does work that SIGINT asks to end, by the signal that it is given, instead of ending the process. SIGINT is what
 * "Interrupt the kernel" in Jupyter sends, and Ctrl-C in a terminal; it would kill the Deno kernel.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  Deno.addSignalListener("SIGINT", stop);
  try {
    return await work(controller.signal);
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
  }
}
