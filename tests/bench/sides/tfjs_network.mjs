/** The side of stock TensorFlow.js: in Node, on tfjs-node's addon. Arguments: tfjs-node's folder and the addon. */
import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";
import util from "node:util";
import { stockModel, stockNetwork, timeSteps } from "./stock_layers.mjs";

// tfjs-node 4.22 calls functions of node:util that Node 23 no longer has.
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;

const [folder, addon] = process.argv.slice(2);
const require = createRequire(`${folder}/package.json`);
const tf = require("@tensorflow/tfjs");
const { NodeJSKernelBackend } = require("./dist/nodejs_kernel_backend.js");
require("./dist/register_all_kernels.js");
tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(require(addon), "@tensorflow/tfjs-node"), 3);
tf.setBackend("tensorflow");

let network;
let batch;

async function rateOf(work, seconds) {
  const start = performance.now();
  for (let times = 1;; times++) {
    await work();
    const passed = (performance.now() - start) / 1000;
    if (passed >= seconds) return batch * times / passed;
  }
}

const actions = {
  open(given) {
    network = stockNetwork(tf, given);
    batch = given.batch;
  },
  openModel(given) {
    network = stockModel(tf, given);
    return network.parameters;
  },
  steps: ({ count }) => timeSteps(network, count),
  train: ({ seconds }) => rateOf(network.train, seconds),
  infer: ({ seconds }) => rateOf(network.infer, seconds),
  version: () => tf.version.tfjs,
};

for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line);
  process.stdout.write(JSON.stringify(await actions[given.do](given) ?? null) + "\n");
}
