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
};

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
  const { addresses, index, trustNetwork, run } = options;
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
    const agreed = agreeOn(cards, { nameOf, resume: run.resume ?? false });
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
    await peers.leave(reasonOf(error, run.signal));
    if (error !== peers.signal.reason || !(error instanceof InputError)) throw error;
    throw new InputError(
      `${error.message}: start all workers again${group?.isBegun ? " with --resume" : ""}`,
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
