import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { tf } from "../../lib/tensorflow/mod.ts";
import type { InputError } from "../../lib/support/input_error.ts";
import { createModel, exportWeights, forward, importWeights, type Model } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { readTorchCheckpoint, type TorchCheckpoint } from "../../lib/weight_files/torch_checkpoint.ts";
import { exportTorchWeights, importTorchWeights } from "../../lib/model/torch_weights.ts";
import { formulaImages } from "./_formula.ts";
import { torchFormula } from "./_torch_formula.ts";

interface Case {
  weights: Record<string, number[]>;
  inference: number[][];
  training: number[][];
}

// Made by tests/oracles/torch_networks.py.
const { imagenet: IMAGENET_OUTPUTS, ...TORCH }: Record<string, Case> & { imagenet: number[][] } = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/model/torch_networks.json")),
);
const SIZE = 64;
/** Put there by `deno task train --weights imagenet`. */
const IMAGENET = join(import.meta.dirname!, "../../data/weights/efficientnet-lite0.pth");

function modelOf(name: string): Model {
  return createModel(networkNamed(name, { imageSize: SIZE, outputs: 14 }), { seed: 0 });
}

/** The weights that the oracle gave PyTorch's network. */
function weightsOf({ weights }: Case): Map<string, StoredTensor> {
  return new Map(Object.entries(weights).map(([name, shape]) => [name, torchFormula(name, shape)]));
}

/** The same as a checkpoint. */
function checkpointOf(weights: ReadonlyMap<string, StoredTensor>): TorchCheckpoint {
  const tensors = new Map([...weights].map(([name, tensor]) => [name, { ...tensor, read: () => tensor }]));
  return { tensors, classes: new Map(), texts: new Map() };
}

function logitsOf(model: Model, training: boolean): Float32Array {
  return tf.tidy(() => {
    const images = tf.tensor4d(formulaImages("images", 4 * SIZE ** 2), [4, SIZE, SIZE, 1]);
    const { logits, moving } = forward(model, images, { training });
    moving?.dispose();
    return logits.dataSync() as Float32Array;
  });
}

/** The largest difference, as a share of the largest number. */
function distance(actual: ArrayLike<number>, rows: readonly number[][]): number {
  const expected = rows.flat();
  equal(actual.length, expected.length);
  const off = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)));
  return off / Math.max(...expected.map(Math.abs));
}

for (const name of ["efficientnet-lite0", "densenet121"]) {
  Deno.test(`${name} gives PyTorch's outputs on PyTorch's weights, and gives these back`, () => {
    const torch = TORCH[name]!;
    const model = modelOf(name);
    const weights = weightsOf(torch);
    importWeights(
      model,
      importTorchWeights(model, checkpointOf(weights), { from: "formula" }).tensors,
      "formula",
    );
    ok(distance(logitsOf(model, false), torch.inference) < 1e-4);
    ok(distance(logitsOf(model, true), torch.training) < 1e-4);
    const exported = exportTorchWeights(model);
    deepEqual(new Set(exported.keys()), new Set(weights.keys()));
    for (const [tensor, value] of exported) deepEqual(value, weights.get(tensor));
    model.dispose();
  });
}

Deno.test({
  name: `EfficientNet-Lite0 gives PyTorch's outputs on its ImageNet weights (where data/weights has them)`,
  ignore: !existsSync(IMAGENET),
}, async () => {
  const network = networkNamed("efficientnet-lite0", { imageSize: SIZE, outputs: 1000 });
  const model = createModel(network, { seed: 0 });
  const { tensors } = importTorchWeights(model, await readTorchCheckpoint(IMAGENET), { from: IMAGENET });
  importWeights(model, tensors, IMAGENET);
  const logits = logitsOf(model, false).slice(0, 2 * 1000).filter((_, i) => i % 10 === 0);
  ok(distance(logits, IMAGENET_OUTPUTS) < 1e-4);
  model.dispose();
});

Deno.test("weights of another network of PyTorch are refused by name", () => {
  const model = modelOf("densenet121");
  const weights = weightsOf(TORCH.densenet121!);
  const refused = (message: string) => ({ name: "InputError", message }) as InputError;
  throws(
    () =>
      importTorchWeights(model, checkpointOf(weightsOf(TORCH["efficientnet-lite0"]!)), { from: "lite0.pth" }),
    refused(
      'lite0.pth: holds no weights of PyTorch for densenet121: it has "conv_stem.weight", "bn1.weight", "bn1.bias"',
    ),
  );
  weights.set("features.norm6.weight", weights.get("features.norm5.weight")!);
  throws(
    () => importTorchWeights(model, checkpointOf(weights), { from: "other.pth" }),
    refused('other.pth: densenet121 has no weight "features.norm6.weight"'),
  );
  model.dispose();
});

Deno.test("a network that PyTorch has not is written with its layers' names and PyTorch's axes, and read back", () => {
  const model = modelOf("resnet11v2");
  const written = exportTorchWeights(model);
  const kernel = exportWeights(model).get("conv2d/kernel")!;
  deepEqual(written.get("conv2d.weight")!.shape, [kernel.shape[3], kernel.shape[2], 3, 3]);
  const { tensors } = importTorchWeights(model, checkpointOf(written), { from: "own.pth" });
  deepEqual(tensors.get("conv2d/kernel"), kernel);
  deepEqual([...tensors.keys()].sort(), [...exportWeights(model).keys()].sort());
  model.dispose();
});
