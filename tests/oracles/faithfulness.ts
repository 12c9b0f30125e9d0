// Prints what tests/oracles/faithfulness.py reads: the initial weights that cascading randomisation gives the plain
// network of tests/explanation/_plain_network.ts with seed 1, by name.
import { createModel, exportWeights } from "../../lib/model/model.ts";
import { plainNetwork } from "../explanation/_plain_network.ts";

const model = createModel(plainNetwork({ imageSize: 16, outputs: 5 }), { seed: 1 });
const weights = [...exportWeights(model)].map(([name, { shape, data }]) => [name, {
  shape,
  values: [...data as Float32Array],
}]);
console.log(JSON.stringify(Object.fromEntries(weights)));
