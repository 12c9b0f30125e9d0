import { alternate, type Bench, type Measure } from "../measure.ts";
import { type NetworkPeer, openKeras, openOurs, openTorch } from "../network_sides.ts";
import { compare } from "../result.ts";

const SHAPE = { depth: 56, size: 64, batch: 32 };

/** What is done beside other work. */
const WORK = [{ command: "train", what: "training" }, { command: "infer", what: "inference" }] as const;

/** How much of its speed training and inference keep beside a busy process for each core. */
export const UNDER_LOAD: Measure = {
  name: "under-load",
  description: "how much of its speed ResNet-56 v2 at 64x64 keeps beside a busy process for each core",
  async run(bench) {
    await using sides = new AsyncDisposableStack();
    const all: NetworkPeer[] = [
      { name: "Thorax", side: await openOurs(SHAPE) },
      await openKeras(SHAPE),
      ...(bench.torch ? [await openTorch(SHAPE, { compile: false })] : []),
    ];
    for (const { side } of all) sides.use(side);
    const alone = await ratesOf(all, bench);
    const beside = await (async () => {
      using _busy = keepBusy(navigator.hardwareConcurrency);
      return await ratesOf(all, bench);
    })();
    return WORK.flatMap(({ what }, work) => {
      const kept = all.map((_, i) => 100 * beside[work]![i]! / alone[work]![i]!);
      return all.slice(1).flatMap(({ name }, i) => [
        compare(`${what} beside busy processes`, {
          unit: "images/s",
          ours: beside[work]![0]!,
          peer: name,
          peerValue: beside[work]![i + 1]!,
        }),
        compare(`${what}, of its speed alone`, {
          unit: "%",
          ours: kept[0]!,
          peer: name,
          peerValue: kept[i + 1]!,
        }),
      ]);
    });
  },
};

/** [work, peers] Images a second. */
async function ratesOf(peers: readonly NetworkPeer[], { rounds, seconds }: Bench): Promise<number[][]> {
  const rates: number[][] = [];
  for (const { command } of WORK) {
    for (const { side } of peers) await side.ask({ do: command, seconds: 0 });
    rates.push(
      await alternate(rounds, peers.map(({ side }) => () => side.ask<number>({ do: command, seconds }))),
    );
  }
  return rates;
}

/** Starts processes that never rest, until it is disposed of. */
function keepBusy(count: number): Disposable {
  const processes = Array.from(
    { length: count },
    () => new Deno.Command(Deno.execPath(), { args: ["eval", "while (true);"] }).spawn(),
  );
  return { [Symbol.dispose]: () => processes.forEach((process) => process.kill("SIGKILL")) };
}
