import { foldTrace } from "./fold_trace.ts";

/** Shows errors that no cell waits for (rejections, throws in timers) below the cell that ran last. */
export function showLateErrors(): void {
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    console.error(describeLateError(event.reason, "was rejected and nobody waits for it"));
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    console.error(describeLateError(event.error, "was thrown after its cell had ended"));
  });
}

/** An error as it is shown when no cell can fail of it. */
export function describeLateError(error: unknown, how: string): string {
  const text = error instanceof Error ? error.stack ?? String(error) : Deno.inspect(error);
  return `Late error (it ${how}): ${foldTrace(text)}`;
}
