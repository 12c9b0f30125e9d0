// Meets the other processes, and watches over them from a thread of its own: a line of JSON a message, sent over the
// connection that this process opened and received over the one that the other opened.

import { isPublicAddress } from "./public_address.ts";
import type { Loss, PeersReport, PeersRequest } from "./peers.ts";

/** What one process says to another. */
type Line =
  | { say: "hello"; from: number; addresses: readonly string[] }
  | { say: "alive" }
  | { say: "value"; value: unknown }
  | { say: "bye"; loss: Loss | null };

/** Milliseconds between two signs of life. */
const BEAT = 1000;

/** Milliseconds without a sign of life after which a process counts as gone. */
const SILENCE = 15_000;

/** Milliseconds between the end of a connection and the goodbye that may come over the other one. */
const PARTING = 1000;

/** Milliseconds between two calls of a process that is not there yet. */
const RETRY = 200;

const scope = self as unknown as {
  onmessage: (event: MessageEvent<PeersRequest>) => void;
  postMessage(report: PeersReport): void;
};

let addresses: readonly string[] = [];
let own = 0;
let trustNetwork = false;
let isOver = false;
let listener: Deno.TcpListener | undefined;
/** By index: the connections that this process opened, and when the peer was last heard of on the other one. */
const outgoing = new Map<number, Deno.TcpConn>();
const heard = new Map<number, number>();
const departed = new Set<number>();
let isMet = false;

scope.onmessage = async ({ data }) => {
  if (data.kind === "meet") {
    ({ addresses, index: own, trustNetwork } = data);
    meet();
  } else if (data.kind === "send") {
    sendAll({ say: "value", value: data.value });
  } else {
    isOver = true;
    stopListening();
    await Promise.all(others().map((index) => send(index, { say: "bye", loss: data.loss })));
    scope.postMessage({ kind: "left" });
  }
};

function meet(): void {
  const { hostname, port } = parse(addresses[own]!);
  try {
    listener = Deno.listen({ hostname, port });
  } catch (error) {
    const why = error instanceof Deno.errors.AddrInUse
      ? "another process has this port"
      : error instanceof Deno.errors.AddrNotAvailable
      ? "this is no address of this machine"
      : (error as Error).message;
    scope.postMessage({ kind: "refused", message: `worker ${own} (${addresses[own]}): ${why}` });
    return;
  }
  accept(listener);
  for (const index of others()) call(index);
  tellMissing();
  setInterval(beat, BEAT);
}

async function accept(listener: Deno.TcpListener): Promise<void> {
  try {
    for await (const connection of listener) listen(connection);
  } catch {
    // It was closed.
  }
}

async function call(index: number): Promise<void> {
  const { hostname, port } = parse(addresses[index]!);
  while (!isOver) {
    try {
      const connection = await Deno.connect({ hostname, port });
      const { hostname: reached } = connection.remoteAddr;
      if (!trustNetwork && isPublicAddress(reached)) {
        connection.close();
        const message =
          `worker ${index} (${addresses[index]}): ${reached} is an address of the public internet, and ` +
          "workers trust whoever reaches their ports: use a private network, or say --trust-network";
        return scope.postMessage({ kind: "refused", message });
      }
      connection.setNoDelay(true);
      outgoing.set(index, connection);
      watch(index, connection);
      await send(index, { say: "hello", from: own, addresses });
      return tellMissing();
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        return scope.postMessage({ kind: "refused", message: error.message });
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
}

/** Notices that a peer is gone which has not called yet, or whose own connection still stands. */
async function watch(index: number, connection: Deno.TcpConn): Promise<void> {
  try {
    for await (const line of linesOf(connection)) if (line.say === "bye") partFrom(index, line.loss);
  } catch {
    // The connection was broken off.
  }
  setTimeout(() => {
    if (!departed.has(index)) lose({ index, what: "is gone", isSilent: true });
  }, PARTING);
}

/** Reads what a peer says until the connection ends; what does not begin with a hello is nobody's. */
async function listen(connection: Deno.TcpConn): Promise<void> {
  let from: number | null = null;
  try {
    for await (const line of linesOf(connection)) {
      if (from === null) {
        if (line.say !== "hello" || heard.has(line.from)) return connection.close();
        if (JSON.stringify(line.addresses) !== JSON.stringify(addresses)) {
          const what = `has another list of workers than worker ${line.from}`;
          const loss: Loss = { index: own, what, isSilent: false };
          // It may not be listening yet, so it hears it here.
          await connection.write(bytesOf({ say: "bye", loss }));
          return lose(loss);
        }
        from = line.from;
        heard.set(from, Date.now());
        tellMissing();
        continue;
      }
      heard.set(from, Date.now());
      if (line.say === "value") scope.postMessage({ kind: "value", index: from, value: line.value });
      if (line.say === "bye") partFrom(from, line.loss);
    }
  } catch {
    // The connection was broken off.
  }
  if (from !== null && !departed.has(from)) lose({ index: from, what: "is gone", isSilent: true });
}

function partFrom(index: number, loss: Loss | null): void {
  departed.add(index);
  if (loss) lose(loss);
}

async function* linesOf(connection: Deno.TcpConn): AsyncGenerator<Line> {
  let rest = "";
  for await (const text of connection.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as Line;
  }
}

const queues = new Map<number, Promise<void>>();

/** Sends a line after those before it. */
function send(index: number, line: Line): Promise<void> {
  const connection = outgoing.get(index);
  if (!connection) return Promise.resolve();
  const bytes = bytesOf(line);
  const sent = (queues.get(index) ?? Promise.resolve()).then(async () => {
    for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
  }).catch(() => {}); // Whoever cannot be reached is silent as well.
  queues.set(index, sent);
  return sent;
}

function bytesOf(line: Line): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(line) + "\n");
}

function sendAll(line: Line): void {
  for (const index of others()) send(index, line);
}

function beat(): void {
  if (isOver) return;
  sendAll({ say: "alive" });
  const now = Date.now();
  const late = now - lastBeat > SILENCE / 2; // This process was held up itself.
  lastBeat = now;
  if (late) {
    scope.postMessage({ kind: "late" });
    return heard.forEach((_, index) => heard.set(index, now));
  }
  for (const [index, time] of heard) {
    if (departed.has(index) || now - time < SILENCE) continue;
    const what = `gave no sign of life for ${SILENCE / 1000} s: it is frozen or cannot be reached`;
    lose({ index, what, isSilent: true });
  }
}

let lastBeat = Date.now();

function lose(loss: Loss): void {
  if (isOver) return;
  scope.postMessage({ kind: "lost", loss });
}

function tellMissing(): void {
  if (isMet) return;
  const missing = others().filter((index) => !outgoing.has(index) || !heard.has(index));
  if (missing.length > 0) return scope.postMessage({ kind: "waiting", missing });
  isMet = true;
  stopListening();
  scope.postMessage({ kind: "met" });
}

/** Frees the port: once all have met, it is TensorFlow's. */
function stopListening(): void {
  listener?.close();
  listener = undefined;
}

function others(): number[] {
  return addresses.map((_, index) => index).filter((index) => index !== own);
}

function parse(address: string): { hostname: string; port: number } {
  const at = address.lastIndexOf(":");
  return { hostname: address.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(address.slice(at + 1)) };
}
