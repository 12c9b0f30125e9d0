import { type Bench, interleave, type Measure } from "../measure.ts";
import { startOurs, startPython } from "../peers.ts";
import { compare, median, type Result } from "../result.ts";
import type { Side } from "../side.ts";
import { startStockTfjs } from "../stock_tfjs.ts";

/** What a training step took on average, in seconds. */
interface StepCost {
  /** Of the process, on all its threads. */
  processor: number;
  wall: number;
}

/** The models of `sides/stock_layers.mjs`. */
const MODELS = [
  { model: "resnet", title: "ResNet-56 v2 32x32", batch: 32 },
  { model: "cnn", title: "CNN 28x28", batch: 32 },
  { model: "lstm", title: "LSTM, 40 steps", batch: 32 },
  { model: "mlp", title: "MLP", batch: 32 },
];

const COSTS = [["", "wall"], [", CPU time", "processor"]] as const;

/** Training steps of models in TensorFlow.js' own layers: traced, beside the same code untraced, stock TensorFlow.js and Keras. */
export const LAYERS: Measure = {
  name: "layers",
  description: "training steps of tf.layers models, traced, beside eager, stock TensorFlow.js and Keras",
  async run(bench) {
    const results: Result[] = [];
    for (const model of MODELS) results.push(...await measureModel(model, bench));
    return results;
  },
};

async function measureModel(
  { model, title, batch }: typeof MODELS[number],
  { rounds, seconds, note }: Bench,
): Promise<Result[]> {
  await using started = new AsyncDisposableStack();
  const use = (name: string, side: Side) => ({ name, side: started.use(side) });
  const ours = use("Thorax", startOurs("tfjs_on_our_bridge"));
  const eager = use("the same layers, eager", startOurs("tfjs_on_our_bridge"));
  const stock = await startStockTfjs(note);
  const keras = started.use(startPython("keras_layers"));
  const version = await keras.ask<string>({ do: "version" });
  const sides = [ours, eager, use(stock.name, stock.side), { name: `Keras ${version}`, side: keras }];
  const parameters = new Set<number>();
  for (const { side, name } of sides) {
    const how = side === ours.side ? { traced: true } : {};
    parameters.add(await side.ask<number>({ do: "openModel", model, batch, ...how }));
    await side.ask({ do: "steps", count: 2 });
    if (parameters.size > 1) throw new Error(`${model} has another number of weights in ${name}`);
  }
  const costs = await interleave(
    Math.max(rounds, 3),
    sides.map(({ side }) => async () => {
      const { wall } = await side.ask<StepCost>({ do: "steps", count: 1 });
      return await side.ask<StepCost>({ do: "steps", count: Math.max(1, Math.round(seconds / wall)) });
    }),
  );
  const middle = (side: number, of: keyof StepCost) => 1000 * median(costs[side]!.map((cost) => cost[of]));
  return sides.slice(1).flatMap(({ name }, i) =>
    COSTS.map(([what, of]) =>
      compare(`layers, ${title}${what}`, {
        unit: "ms",
        ours: middle(0, of),
        peer: name,
        peerValue: middle(i + 1, of),
      })
    )
  );
}
