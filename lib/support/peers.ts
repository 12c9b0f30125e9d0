import { InputError } from "./input_error.ts";

/** Processes that work together, by address, and which of them this is. */
export interface PeersOptions {
  /** `host:port` of each, the same list everywhere. */
  addresses: readonly string[];
  /** The index of this one. */
  index: number;
  /** Whether addresses of the public internet are allowed. Default: false. */
  trustNetwork?: boolean | undefined;
  /** Called when who is not there yet has changed, with their indices. */
  onWaiting?: ((missing: readonly number[]) => void) | undefined;
  /** Ends the waiting with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Processes that know of each other, until one leaves. */
export interface Peers {
  addresses: readonly string[];
  index: number;
  /** Aborted with an `InputError` in one line as soon as another one is gone, silent for 15 s, or says why it ends. */
  signal: AbortSignal;
  /**
   * Hands a value to all others and gives that of each, this one's too, in their order. All call it equally often.
   *
   * @throws {InputError} Where one is gone.
   */
  exchange<T>(value: T): Promise<T[]>;
  /** The peers that were found to be gone or silent; not those that said why they end. */
  readonly gone: ReadonlySet<number>;
  /** Whether this process was held up itself for so long that the others may have given it up. */
  readonly wasLate: boolean;
  /** Says goodbye: with a reason the others end too, without one they go on. */
  leave(reason?: string): Promise<void>;
}

/** Why work ended: which peer began it, and what it said or showed. */
export interface Loss {
  index: number;
  /** Half a sentence that follows the peer's name: `is gone`. */
  what: string;
  /** Whether it was found to be gone or silent, and has not said itself that it ends. */
  isSilent: boolean;
}

/** What is asked of the thread that watches. */
export type PeersRequest =
  | { kind: "meet"; addresses: readonly string[]; index: number; trustNetwork: boolean }
  | { kind: "send"; value: unknown }
  | { kind: "leave"; loss: Loss | null };

/** What the thread that watches tells. */
export type PeersReport =
  | { kind: "waiting"; missing: number[] }
  | { kind: "met" }
  | { kind: "value"; index: number; value: unknown }
  | { kind: "lost"; loss: Loss }
  | { kind: "late" }
  | { kind: "refused"; message: string }
  | { kind: "left" };

/** Milliseconds that a goodbye may take. */
const FAREWELL = 2000;

/**
 * Waits for other processes by plain TCP, each of which listens on its own port and calls every other one, so that both
 * ways are known to be open; the port is free again when all have met, and the connections stay. Each says every second
 * that it is alive, from a thread that work does not hold up.
 *
 * @throws {InputError} Where this one's port is in use or no port of this machine, another one has another list, or its
 * name leads to the public internet.
 * @throws The signal's reason where it ended the waiting.
 */
export async function meetPeers(options: PeersOptions): Promise<Peers> {
  const { addresses, index, trustNetwork = false, onWaiting, signal } = options;
  const thread = new Worker(new URL("./_peers_worker.ts", import.meta.url), { type: "module" });
  const post = (request: PeersRequest) => thread.postMessage(request);
  const lost = new AbortController();
  const met = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const values = addresses.map((): unknown[] => []);
  let wake = () => {};
  const gone = new Set<number>();
  let wasLate = false;
  let loss: Loss | null = null;

  thread.onmessage = ({ data }: MessageEvent<PeersReport>) => {
    if (data.kind === "waiting") onWaiting?.(data.missing);
    else if (data.kind === "met") met.resolve();
    else if (data.kind === "left") left.resolve();
    else if (data.kind === "late") wasLate = true;
    else if (data.kind === "value") values[data.index]!.push(data.value);
    else if (data.kind === "refused") met.reject(new InputError(data.message));
    else {
      loss ??= data.loss;
      if (data.loss.isSilent) gone.add(data.loss.index);
      lost.abort(new InputError(describeLoss(addresses, data.loss)));
    }
    wake();
  };
  thread.onerror = (event) => {
    event.preventDefault();
    met.reject(new Error(event.message));
  };

  async function leave(reason?: string): Promise<void> {
    post({
      kind: "leave",
      loss: loss ?? (reason === undefined ? null : { index, what: reason, isSilent: false }),
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, FAREWELL));
    await Promise.race([left.promise, late]);
    clearTimeout(timer);
    thread.terminate();
  }

  async function exchange<T>(value: T): Promise<T[]> {
    post({ kind: "send", value });
    values[index]!.push(value);
    while (values.some((own) => own.length === 0)) {
      lost.signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        wake = resolve;
        lost.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    return values.map((own) => own.shift() as T);
  }

  post({ kind: "meet", addresses, index, trustNetwork });
  try {
    await orAborted(met.promise, [lost.signal, ...(signal ? [signal] : [])]);
  } catch (error) {
    await leave(signal?.aborted ? "was stopped before all had come" : String((error as Error).message));
    throw error;
  }
  return {
    addresses,
    index,
    signal: lost.signal,
    gone,
    get wasLate() {
      return wasLate;
    },
    exchange,
    leave,
  };
}

/** Waits for work, or throws the reason of the first signal that is aborted before it ends. */
export async function orAborted<T>(work: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  work.catch(() => {}); // Whatever ends first, nobody waits for the other.
  const any = AbortSignal.any([...signals]);
  any.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const listener = () => aborted.reject(any.reason);
  any.addEventListener("abort", listener, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    any.removeEventListener("abort", listener);
  }
}

/** A peer by name: `worker 1 (b:2222)`. */
export function nameOfPeer(addresses: readonly string[], index: number): string {
  return `worker ${index} (${addresses[index]})`;
}

function describeLoss(addresses: readonly string[], { index, what }: Loss): string {
  return `${nameOfPeer(addresses, index)} ${what}`;
}
