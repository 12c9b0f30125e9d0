import { InputError } from "../support/input_error.ts";
import { meetPeers, nameOfPeer, orAborted } from "../support/peers.ts";
import { describeRefusal, systemRefusal } from "../support/system_error.ts";
import { projectVersion } from "../support/project_version.ts";
import type { WorkerList } from "../support/worker_list.ts";
import { joinCluster, libraryVersion } from "../tensorflow/mod.ts";
import type { Settings } from "../training/settings.ts";
import { type WorkerGroup, workerGroup } from "../training/worker_group.ts";
import { assistRun } from "./assist_run.ts";
import { completeRun } from "./complete_run.ts";
import type { OpenRunOptions } from "./open_run.ts";

/** What a worker is to do. */
export type ShareRunOptions = WorkerList & {
  /** Whether addresses of the public internet are allowed. */
  trustNetwork?: boolean | undefined;
  /** Called when who is not there yet has changed, with their names. */
  onWaiting?: ((missing: readonly string[]) => void) | undefined;
  /** Called when all have joined. */
  onJoined?: (() => void) | undefined;
  /** Where the run is, on worker 0. */
  run: OpenRunOptions;
  /**
   * Whether those that are left are to go on where another one is gone or silent: this then throws `WorkersGone` instead of
   * saying that all are to be started again. Default: false.
   */
  elastic?: boolean;
};

/** Thrown where workers are gone and the others can go on in new processes, as TensorFlow cannot go on in these. */
export class WorkersGone extends Error {
  /** `host:port` of those that are left. */
  readonly left: readonly string[];
  /** The index of this one among them. */
  readonly index: number;
  /** The run's folder, as worker 0 named it. */
  readonly run: string;

  /** What is left of the workers, and the run that they go on with. */
  constructor(
    message: string,
    { left, index, run }: { left: readonly string[]; index: number; run: string },
  ) {
    super(message);
    this.left = left;
    this.index = index;
    this.run = run;
  }
}

/** Milliseconds in which further workers that are gone are noticed. */
const SETTLING = 3000;

/** Settings that may be others on other machines, as they say where files lie. */
const PLACES = ["data", "table", "images", "splitFile", "lists", "weights"] as const;

/** What workers show each other before they begin. */
interface Card {
  settings: Settings;
  versions: Record<string, string | null>;
}

/**
 * The part of one worker in a run that several share: all meet, compare settings and versions, and join TensorFlow's
 * collective runtime; worker 0 then has the life of the run, the others train and score with it.
 *
 * @param settings Of this worker; of a run that goes on, those of worker 0 count, with this worker's own places of files.
 * @throws {InputError} Where settings, versions or data differ, or another worker is gone; the last whole epoch is kept.
 */
export async function shareRun(settings: Settings, options: ShareRunOptions): Promise<void> {
  const { addresses, index, trustNetwork, run, elastic = false } = options;
  const nameOf = (worker: number) => nameOfPeer(addresses, worker);
  const peers = await meetPeers({
    addresses,
    index,
    trustNetwork,
    signal: run.signal,
    onWaiting: (missing) => options.onWaiting?.(missing.map(nameOf)),
  });
  const signal = AbortSignal.any([peers.signal, ...(run.signal ? [run.signal] : [])]);
  let group: WorkerGroup | undefined;
  try {
    const card: Card = { settings, versions: versions() };
    const cards = await peers.exchange(card);
    const agreed = agreeOn(cards, { nameOf, resume: (run.resume ?? false) || elastic });
    const places = PLACES.map((place) => [place, settings[place] ?? agreed[place]]);
    const own = { ...agreed, ...Object.fromEntries(places) } as Settings;
    await orAborted(joinCluster({ workers: addresses, index }), [signal]);
    await peers.exchange("joined");
    options.onJoined?.();
    group = workerGroup(peers, own);
    const context = { ...run, signal, group, nameOf };
    if (index === 0) await completeRun(own, context);
    else await assistRun(own, context);
    await peers.leave();
  } catch (error) {
    const isLoss = error === peers.signal.reason && error instanceof InputError;
    const folder = group?.folder ?? null;
    if (isLoss && elastic && folder !== null && peers.gone.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, SETTLING));
    }
    // One that was frozen itself is not to go on beside those who go on without it.
    if (isLoss && elastic && folder !== null && peers.gone.size > 0 && !peers.wasLate) {
      await peers.leave(reasonOf(error, run.signal));
      const left = addresses.filter((_, worker) => !peers.gone.has(worker));
      throw new WorkersGone(error.message, { left, index: left.indexOf(addresses[index]!), run: folder });
    }
    await peers.leave(reasonOf(error, run.signal));
    if (!isLoss) throw error;
    throw new InputError(
      `${error.message}: start all workers again${folder === null ? "" : " with --resume"}`,
    );
  }
}

/** The settings of worker 0, where all have the same. */
function agreeOn(
  cards: readonly Card[],
  { nameOf, resume }: { nameOf: (worker: number) => string; resume: boolean },
): Settings {
  const [first, ...others] = cards as [Card, ...Card[]];
  for (const [i, { settings, versions }] of others.entries()) {
    const name = nameOf(i + 1);
    for (const [what, version] of Object.entries(versions)) {
      if (version === first.versions[what]) continue;
      throw new InputError(`${name} has ${what} ${version}, and worker 0 has ${first.versions[what]}`);
    }
    if (resume) continue;
    for (const key of Object.keys(first.settings) as (keyof Settings)[]) {
      if ((PLACES as readonly string[]).includes(key)) continue;
      const [own, wanted] = [settings, first.settings].map((from) => JSON.stringify(from[key]));
      if (own !== wanted) throw new InputError(`${name} has ${key} ${own}, and worker 0 has ${wanted}`);
    }
  }
  return first.settings;
}

function versions(): Card["versions"] {
  return { Thorax: projectVersion(), TensorFlow: libraryVersion(), Deno: Deno.version.deno };
}

/** Half a sentence after this worker's name. */
function reasonOf(error: unknown, stopped: AbortSignal | undefined): string {
  if (stopped?.aborted) return "was stopped";
  if (error instanceof InputError) return `ended: ${error.message}`;
  const refusal = systemRefusal(error);
  return refusal ? `ended: ${describeRefusal(refusal)}` : "failed";
}
