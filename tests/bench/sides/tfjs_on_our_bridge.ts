/**
 * TensorFlow.js' layers on our bridge: traced, or operation by operation, as stock TensorFlow.js has them, for which this
 * stands in where its addon cannot be compiled.
 */
import { tf, traceLayers } from "../../../lib/tensorflow/mod.ts";
import { answerCommands, rateOf } from "./_commands.ts";
import type { NetworkCommand } from "./ours_network.ts";
import { stockModel, stockNetwork, timeSteps } from "./stock_layers.mjs";

let network: ReturnType<typeof stockNetwork>;
let model: ReturnType<typeof stockModel>;
let batch: number;

await answerCommands({
  open(given) {
    traceLayers(false);
    const shape = given as unknown as NetworkCommand;
    network = stockNetwork(tf, shape);
    batch = shape.batch;
  },
  openModel({ traced = false, ...given }) {
    traceLayers(traced as boolean);
    model = stockModel(tf, given as unknown as { model: string; batch: number });
    return model.parameters;
  },
  steps: ({ count }) => timeSteps(model, count as number),
  train: async ({ seconds }) => batch * await rateOf(network.train, seconds as number),
  infer: async ({ seconds }) => batch * await rateOf(network.infer, seconds as number),
  version: () => tf.version.tfjs,
});
