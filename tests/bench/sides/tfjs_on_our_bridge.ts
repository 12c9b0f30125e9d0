/** The side of stock TensorFlow.js where its addon cannot be compiled: its layers, not traced, on our bridge. */
import { tf } from "../../../lib/tensorflow/mod.ts";
import { answerCommands, rateOf } from "./_commands.ts";
import type { NetworkCommand } from "./ours_network.ts";
import { stockNetwork } from "./stock_layers.mjs";

let network: ReturnType<typeof stockNetwork>;
let batch: number;

await answerCommands({
  open(given) {
    const shape = given as unknown as NetworkCommand;
    network = stockNetwork(tf, shape);
    batch = shape.batch;
  },
  train: async ({ seconds }) => batch * await rateOf(network.train, seconds as number),
  infer: async ({ seconds }) => batch * await rateOf(network.infer, seconds as number),
  version: () => tf.version.tfjs,
});
