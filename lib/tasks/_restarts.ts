import { join } from "node:path";
import { PROJECT } from "../support/project.ts";
import { workerList } from "../support/worker_list.ts";
import { valuesOf } from "./_arguments.ts";

/** The status with which a worker ends that is to be started again without those that are gone. */
export const RESTART_STATUS = 75;

/** How a worker is to be started again. */
export interface Restart {
  /** `host:port` of those that are left. */
  workers: readonly string[];
  /** The index of this one among them. */
  worker: number;
  /** The run's folder. */
  run: string;
}

/** Where a worker leaves how it is to be started again, told by its own address. */
export function restartFile(address: string): string {
  return join(PROJECT, "data", "restarts", `${address.replaceAll(/[^\w.-]/g, "_")}.json`);
}

/** The flags that a restart has of its own, with and without a value. */
const REPLACED = ["--workers", "--worker", "--run"];
const DROPPED = ["--resume", "--overwrite"];

/**
 * The arguments with which a worker is started again, after it has ended with `RESTART_STATUS`.
 *
 * @throws {Error} Where it has left nothing.
 */
export function restartArguments(args: readonly string[], tfConfig: string | undefined): string[] {
  const [workers, worker] = [valuesOf("--workers", args)[0], valuesOf("--worker", args)[0]];
  const list = workerList({
    workers,
    worker: worker === undefined ? undefined : Number(worker),
    tfConfig,
    trustNetwork: true,
  })!;
  const restart: Restart = JSON.parse(Deno.readTextFileSync(restartFile(list.addresses[list.index]!)));
  const kept = args.filter((arg, i) =>
    !DROPPED.includes(arg) && !REPLACED.includes(arg) && !REPLACED.includes(args[i - 1] ?? "") &&
    !REPLACED.some((flag) => arg.startsWith(`${flag}=`))
  );
  const own = ["--workers", restart.workers.join(), "--worker", String(restart.worker), "--run", restart.run];
  return [...kept, ...own, "--resume"];
}
