import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { tf } from "../../lib/tensorflow/mod.ts";
import { importKerasWeights } from "../../lib/model/import_keras_weights.ts";
import {
  countParameters,
  createModel,
  exportWeights,
  forward,
  importWeights,
  type Model,
} from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { formulaImages, livelyWeight, setFormulaWeights } from "./_formula.ts";

interface Case {
  parameters: number;
  inference: number[][];
  training: number[][];
}

// Made by tests/oracles/keras_networks.py.
const KERAS: Record<string, Case> = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/model/keras_networks.json")),
);
/** Where the oracle was told to save the networks' weights, if it was. */
const SAVED = Deno.env.get("KERAS_WEIGHTS");
const SIZE = 64;

function modelOf(name: string): Model {
  return createModel(networkNamed(name, { imageSize: SIZE, outputs: 14 }), { seed: 0 });
}

function logitsOf(model: Model, training: boolean): Float32Array {
  return tf.tidy(() => {
    const images = tf.tensor4d(formulaImages("images", 4 * SIZE ** 2), [4, SIZE, SIZE, 1]);
    const { logits, moving } = forward(model, images, { training });
    moving?.dispose();
    return logits.dataSync() as Float32Array;
  });
}

/** The largest difference between outputs. */
function distance(actual: ArrayLike<number>, rows: readonly number[][]): number {
  const expected = rows.flat();
  equal(actual.length, expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)));
}

for (const [name, keras] of Object.entries(KERAS)) {
  Deno.test(`${name} gives the outputs of keras.applications on the same weights`, () => {
    const model = modelOf(name);
    equal(countParameters(model), keras.parameters);
    setFormulaWeights(model, livelyWeight);
    ok(distance(logitsOf(model, false), keras.inference) < 1e-4);
    ok(distance(logitsOf(model, true), keras.training) < 1e-4);
    model.dispose();
  });

  Deno.test({
    name: `${name} is loaded from Keras' own files (where KERAS_WEIGHTS names them)`,
    ignore: SAVED === undefined,
  }, async () => {
    const formula = modelOf(name);
    setFormulaWeights(formula, livelyWeight);
    const expected = exportWeights(formula);
    for (const file of [`${name}.h5`, `${name}.weights.h5`, `${name}_notop.h5`]) {
      const model = modelOf(name);
      const head = !file.includes("notop");
      const { tensors } = await importKerasWeights(model, join(SAVED!, file));
      if (!head) {
        for (const [weight, tensor] of exportWeights(model)) {
          if (!tensors.has(weight)) tensors.set(weight, tensor);
        }
      }
      importWeights(model, tensors, file);
      for (const [weight, tensor] of exportWeights(model)) {
        if (head || !weight.startsWith("predictions/")) deepEqual(tensor, expected.get(weight), weight);
      }
      model.dispose();
    }
    formula.dispose();
  });
}
