import type { Reporter } from "../runs/reporter.ts";
import type { ShareRunOptions } from "../runs/share_run.ts";
import type { WorkerList } from "../support/worker_list.ts";
import { warn } from "./_command.ts";

/** Says on standard error who is waited for, and to whom this worker's port is open. */
export function workersReporter(
  { addresses, index }: WorkerList,
): Required<Pick<ShareRunOptions, "onWaiting" | "onJoined">> {
  const port = addresses[index]!.replace(/^.*:/, "");
  return {
    onWaiting: (missing) => console.error(`Worker ${index} waits for ${missing.join(", ")}`),
    onJoined() {
      warn(
        `port ${port} is open to whoever reaches this machine, on every network interface and without a password, until ` +
          "training ends: TensorFlow's worker service, which can run code",
      );
      if (index === 0) console.error(`${addresses.length} workers train together`);
    },
  };
}

/** Tells of a worker that is not the first only what it does alone. */
export function quietReporter({ onProgress, onWarning }: Reporter): Reporter {
  return {
    onProgress(work, done, total) {
      if (work === "Decoding images" || work === "Drawing phantoms") onProgress?.(work, done, total);
    },
    ...(onWarning ? { onWarning } : {}),
  };
}
