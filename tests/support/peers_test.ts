import { deepEqual, equal, rejects } from "node:assert/strict";
import { meetPeers, type Peers } from "../../lib/support/peers.ts";

/** Ports of this machine that nobody listens on, as addresses. */
function freeAddresses(count: number): string[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  return listeners.map((listener) => {
    listener.close();
    return `127.0.0.1:${listener.addr.port}`;
  });
}

async function meetAll(addresses: readonly string[]): Promise<Peers[]> {
  return await Promise.all(addresses.map((_, index) => meetPeers({ addresses, index })));
}

async function reasonOf(signal: AbortSignal): Promise<string> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return signal.reason.message;
}

Deno.test("peers meet, exchange values in their order, and leave without a word", async () => {
  const addresses = freeAddresses(3);
  const peers = await meetAll(addresses);
  for (const round of [1, 2]) {
    const found = await Promise.all(peers.map(({ exchange }, index) => exchange(10 * round + index)));
    for (const values of found) deepEqual(values, [0, 1, 2].map((index) => 10 * round + index));
  }
  await peers[2]!.leave();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  deepEqual(peers.map(({ signal }) => signal.aborted), [false, false, false]);
  await Promise.all(peers.slice(0, 2).map(({ leave }) => leave()));
});

Deno.test("why one leaves is told to the others by its name", async () => {
  const addresses = freeAddresses(3);
  const peers = await meetAll(addresses);
  await peers[1]!.leave("ended: the disk is full");
  for (const index of [0, 2]) {
    equal(await reasonOf(peers[index]!.signal), `worker 1 (${addresses[1]}) ended: the disk is full`);
    await rejects(peers[index]!.exchange(0), {
      name: "InputError",
      message: /^worker 1 .* the disk is full$/,
    });
  }
  await Promise.all([0, 2].map((index) => peers[index]!.leave()));
});

/** A peer of another kind: it listens, takes one call, and ends it; with `greets` it calls and says hello before. */
async function briefPeer(addresses: readonly string[], { greets }: { greets: boolean }): Promise<void> {
  const [own, other] = [addresses.length - 1, 0].map((index) => Number(addresses[index]!.split(":")[1]));
  using listener = Deno.listen({ hostname: "127.0.0.1", port: own! });
  using _call = await listener.accept();
  if (!greets) return;
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: other! });
  const hello = { say: "hello", from: addresses.length - 1, addresses };
  await connection.write(new TextEncoder().encode(JSON.stringify(hello) + "\n"));
}

Deno.test("one that is gone before all have met ends the waiting of the others", async () => {
  for (const greets of [false, true]) {
    const addresses = freeAddresses(3); // The second never comes.
    const waiting = meetPeers({ addresses, index: 0 });
    await Promise.all([
      rejects(waiting, { name: "InputError", message: `worker 2 (${addresses[2]}) is gone` }),
      briefPeer(addresses, { greets }),
    ]);
  }
});

Deno.test("a port in use and another list of workers are one line", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const busy = [`127.0.0.1:${taken.addr.port}`, ...freeAddresses(1)];
  await rejects(meetPeers({ addresses: busy, index: 0 }), {
    name: "InputError",
    message: `worker 0 (${busy[0]}): another process has this port`,
  });
  const [first, second, third] = freeAddresses(3) as [string, string, string];
  const meetings = [
    meetPeers({ addresses: [first, second], index: 0 }),
    meetPeers({ addresses: [first, second, third], index: 1 }),
  ];
  await Promise.all(
    meetings.map((meeting) =>
      rejects(meeting, { name: "InputError", message: /has another list of workers than worker/ })
    ),
  );
});

Deno.test("what ends the waiting is told to those who wait too", async () => {
  const addresses = freeAddresses(3);
  const stop = new AbortController();
  const waits = Promise.withResolvers<void>();
  const [stopped, other] = [
    meetPeers({
      addresses,
      index: 0,
      signal: stop.signal,
      onWaiting: (missing) => String(missing) === "2" && waits.resolve(),
    }),
    meetPeers({ addresses, index: 1 }),
  ];
  await waits.promise;
  stop.abort(new Error("Ctrl-C"));
  await Promise.all([
    rejects(stopped, { message: "Ctrl-C" }),
    rejects(other, { message: `worker 0 (${addresses[0]}) was stopped before all had come` }),
  ]);
});
