// Hears Ctrl-C for a task whose own thread may be busy: says so, tells the task, and leaves the second Ctrl-C to the
// system, which ends the process whatever its threads are doing.

/** Milliseconds within which Ctrl-C counts as the same: `deno task` hands it on to a process that has it already. */
const SAME_PRESS = 500;

const scope = self as unknown as {
  onmessage: (event: MessageEvent<{ heard: string }>) => void;
  postMessage(message: "ready" | "interrupted"): void;
};

scope.onmessage = ({ data: { heard } }) => {
  let isHeard = false;
  const listener = () => {
    if (isHeard) return;
    isHeard = true;
    console.error(`${Deno.stderr.isTerminal() ? "\n" : ""}${heard} (Ctrl-C again: at once)`);
    scope.postMessage("interrupted");
    setTimeout(() => Deno.removeSignalListener("SIGINT", listener), SAME_PRESS);
  };
  Deno.addSignalListener("SIGINT", listener);
  scope.postMessage("ready");
};
