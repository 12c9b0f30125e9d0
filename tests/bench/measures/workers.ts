import { tableText } from "../../../lib/report/table.ts";
import type { Bench, Measure } from "../measure.ts";
import { startWorker } from "../peers.ts";
import { compare, median, type Result } from "../result.ts";
import type { Side } from "../side.ts";
import type { StepCost } from "../sides/ours_worker.ts";
import { freePorts } from "../../../lib/tasks/_local_workers.ts";

/** The filters that ResNet-56 v2 begins with, so that only the number of weights grows. */
const FILTERS = [4, 16, 35, 62];

const NETWORK = { depth: 56, size: 32 };

/** Images of a batch, of all workers together. */
const BATCH = 16;

const WORKERS = [1, 2, 4];

/** Machines of the model, and what goes between them in Gbit/s. */
const MACHINES = 8;
const WIRES = [10, 25];

/** Milliseconds that a message takes from one machine of the model to the next. */
const HOP = 0.1;

/** What one training by some workers costs, a step of one worker. */
interface Cost {
  weights: number;
  workers: number;
  ours: number;
  /** The same step without exchanging anything. */
  silent: number;
  keras: number;
  wall: { ours: number; keras: number };
}

/**
 * Steps of one, two and four workers with one thread each on this machine's cores in turn, beside
 * MultiWorkerMirroredStrategy: by the processor time that a worker spends, since its wall time is that of whatever else the
 * machine does.
 */
export const WORKER_STEPS: Measure = {
  name: "workers",
  description: "steps of 1, 2 and 4 workers, by number of weights, beside MultiWorkerMirroredStrategy",
  async run(bench) {
    const costs: Cost[] = [];
    let version = "";
    for (const filters of FILTERS) {
      for (const workers of WORKERS) {
        const { cost, keras } = await costOf(bench, { filters, workers });
        costs.push(cost);
        version = keras;
        bench.note(tableText(tableOf([cost])));
      }
    }
    bench.note(`\n${tableText(tableOf(costs))}\n\n${tableText(modelOf(costs))}`);
    return costs.map(({ weights, workers, ours, keras }): Result =>
      compare(`${workers} workers, ${millions(weights)} M weights: processor time a step of each`, {
        unit: "ms",
        ours: 1000 * ours,
        peer: workers === 1 ? `Keras ${version}` : `MultiWorkerMirroredStrategy, Keras ${version}`,
        peerValue: 1000 * keras,
      })
    );
  },
};

async function costOf(
  { rounds, seconds }: Bench,
  { filters, workers }: { filters: number; workers: number },
): Promise<{ cost: Cost; keras: string }> {
  await using started = new AsyncDisposableStack();
  const start = async (name: "ours_worker" | "keras_worker") => {
    const ports = workers === 1 ? [0] : await freePorts(workers);
    const addresses = ports.map((port) => `127.0.0.1:${port}`);
    const sides = addresses.map((_, index) => started.use(startWorker(name, index)));
    const network = { ...NETWORK, filters, batch: BATCH / workers, addresses };
    const opened = await Promise.all(
      sides.map((side, index) => side.ask<number>({ do: "open", ...network, index })),
    );
    return { sides, weights: opened[0]! };
  };
  const [ours, keras] = [await start("ours_worker"), await start("keras_worker")];
  if (ours.weights !== keras.weights) {
    throw new Error(`${ours.weights} weights here, ${keras.weights} in Keras`);
  }
  const turns = {
    ours: () => steps(ours.sides, { communicates: true }),
    silent: () => workers === 1 ? turns.ours() : steps(ours.sides, { communicates: false }),
    keras: () => steps(keras.sides),
  };
  const found: Record<keyof typeof turns, StepCost[]> = { ours: [], silent: [], keras: [] };
  const count = filters > 16 ? 1 : seconds < 2 ? 3 : 5;
  async function steps(sides: readonly Side[], given: { communicates?: boolean } = {}): Promise<StepCost> {
    const costs = await Promise.all(
      sides.map((side) => side.ask<StepCost>({ do: "steps", count, ...given })),
    );
    const mean = (of: keyof StepCost) => costs.reduce((sum, cost) => sum + cost[of], 0) / costs.length;
    return { processor: mean("processor"), wall: mean("wall") };
  }
  for (let round = -1; round < Math.max(rounds, 3); round++) {
    for (const name of Object.keys(turns) as (keyof typeof turns)[]) {
      const cost = await turns[name]();
      if (round >= 0) found[name].push(cost);
    }
  }
  if (workers > 1) {
    const sums = await Promise.all(keras.sides.map((side) => side.ask<number>({ do: "checksum" })));
    if (new Set(sums).size !== 1) throw new Error(`Keras' workers have other weights: ${sums}`);
  }
  const middle = (name: keyof typeof turns, of: keyof StepCost) =>
    median(found[name].map((cost) => cost[of]));
  return {
    cost: {
      weights: ours.weights,
      workers,
      ours: middle("ours", "processor"),
      silent: middle("silent", "processor"),
      keras: middle("keras", "processor"),
      wall: { ours: middle("ours", "wall"), keras: middle("keras", "wall") },
    },
    keras: await keras.sides[0]!.ask<string>({ do: "version" }),
  };
}

function tableOf(costs: readonly Cost[]) {
  return {
    columns: [
      "million weights",
      "workers",
      "CPU ms a step of each",
      "exchange, ms",
      "fraction",
      "Keras, CPU ms",
      "ratio",
      "wall ms",
      "Keras, wall ms",
    ],
    rows: costs.map(({ weights, workers, ours, silent, keras, wall }) => [
      millions(weights),
      workers,
      (1000 * ours).toFixed(0),
      workers === 1 ? null : (1000 * (ours - silent)).toFixed(0),
      workers === 1 ? null : `${(100 * (1 - silent / ours)).toFixed(0)} %`,
      (1000 * keras).toFixed(0),
      (keras / ours).toFixed(2),
      (1000 * wall.ours).toFixed(0),
      (1000 * wall.keras).toFixed(0),
    ]),
  };
}

/**
 * What a ring of machines would take to exchange the gradient once: the wire, 2 (n - 1) / n of it each way, and 2 (n - 1)
 * hops; and the processor time for it, which grows as what is sent does (four workers send 1.5 times the gradient, eight
 * 1.75). The two overlap in part; that nothing else uses wire or cores is assumed.
 */
function modelOf(costs: readonly Cost[]) {
  const sent = (machines: number) => 2 * (machines - 1) / machines;
  const four = costs.filter(({ workers }) => workers === 4);
  return {
    columns: [
      "million weights",
      ...WIRES.map((wire) => `${MACHINES} machines, wire of ${wire} Gbit/s, ms`),
      "CPU ms of each",
    ],
    rows: four.map(({ weights, ours, silent }) => [
      millions(weights),
      ...WIRES.map((wire) => {
        const bits = 32 * weights * sent(MACHINES);
        return (1000 * bits / (wire * 1e9) + 2 * (MACHINES - 1) * HOP).toFixed(1);
      }),
      (1000 * (ours - silent) * sent(MACHINES) / sent(4)).toFixed(0),
    ]),
  };
}

function millions(weights: number): string {
  return (weights / 1e6).toFixed(1);
}
