/**
 * Turns Ctrl-C into a signal: the first asks the work to end after the step under way, the second ends the process
 * at once.
 *
 * @param onFirst Called at the first Ctrl-C, to say that it was heard.
 */
export function listenForInterrupt(onFirst: () => void): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) Deno.exit(130);
    onFirst();
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => Deno.removeSignalListener("SIGINT", listener),
  };
}
