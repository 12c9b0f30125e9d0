import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { File as H5File, Group, ready } from "h5wasm";
import { InputError } from "../../lib/support/input_error.ts";
import { loadWeights } from "../../lib/model/load_weights.ts";
import { createModel, exportWeights, type Model } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { writeSafetensors } from "../../lib/weight_files/safetensors.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { formulaWeight, setFormulaWeights } from "./_formula.ts";

const FIXTURES = join(import.meta.dirname!, "../fixtures/model");
const FOLDER = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(FOLDER, { recursive: true }));

function smallModel({ outputs = 14, depth = 11 } = {}): Model {
  return createModel(resnetV2({ depth, imageSize: 32, filters: 2, outputs }), { seed: 1 });
}

/** The weights of the small network by the formula, as layers in the order of Keras' `model.layers`. */
function formulaLayers(): [name: string, weights: [string, StoredTensor][]][] {
  const model = smallModel();
  const layers = Map.groupBy(exportWeights(model), ([name]) => name.split("/")[0]!);
  model.dispose();
  const named = [...layers].map(([layer, weights]): [string, [string, StoredTensor][]] => [
    layer,
    weights.map(([name, { shape }]) => [name.split("/")[1]!, formulaWeight(name, shape)]),
  ]);
  const place = (layer: string) => named.findIndex(([name]) => name === layer);
  for (const shortcut of ["conv2d_4", "conv2d_8", "conv2d_12"]) {
    const [moved] = named.splice(place(shortcut), 1);
    named.splice(place(shortcut) - 1, 0, moved!);
  }
  return named;
}

/** Writes layers as Keras 2 does, under names that `rename` gives. */
async function writeKeras(
  layers: ReturnType<typeof formulaLayers>,
  rename = (layer: string) => layer,
): Promise<string> {
  const { FS } = await ready;
  const path = await Deno.makeTempFile({ dir: FOLDER, suffix: ".h5" });
  const file = new H5File("/keras.h5", "w");
  file.create_attribute("layer_names", layers.map(([layer]) => rename(layer)));
  for (const [layer, weights] of layers) {
    const name = rename(layer);
    const group = createGroups(file, name);
    group.create_attribute("weight_names", weights.map(([weight]) => `${name}/${weight}:0`));
    const inner = createGroups(group, name);
    for (const [weight, { shape, data }] of weights) {
      inner.create_dataset({ name: `${weight}:0`, data: data as Float32Array, shape: [...shape] });
    }
  }
  file.close();
  await Deno.writeFile(path, FS.readFile("/keras.h5"));
  FS.unlink("/keras.h5");
  return path;
}

function createGroups(root: Group, path: string): Group {
  let group = root;
  for (const name of path.split("/")) {
    const known = group.get(name);
    group = known instanceof Group ? known : group.create_group(name);
  }
  return group;
}

function renumbered(layer: string): string {
  const [, kind, number = "0"] = layer.match(/^(.*?)(?:_(\d+))?$/)!;
  return `${kind}_${Number(number) + 57}`;
}

async function rejectsLine(model: Model, file: string, message: RegExp): Promise<void> {
  const before = exportWeights(model);
  await rejects(loadWeights(model, file), (error: Error) => {
    ok(error instanceof InputError, String(error));
    match(error.message, message);
    ok(error.message.startsWith(file) && !error.message.includes("\n"));
    return true;
  });
  deepEqual(exportWeights(model), before);
}

for (const file of ["keras_2_resnet.h5", "keras_3_resnet.weights.h5"]) {
  Deno.test(`${file} is loaded into the same network`, async () => {
    const model = smallModel();
    deepEqual(await loadWeights(model, join(FIXTURES, file)), { head: true });
    const weights = exportWeights(model);
    const rows: [string, string, number[], number, number, number][] = JSON.parse(
      await Deno.readTextFile(join(FIXTURES, "keras_weights.json")),
    )[file];
    equal(weights.size, rows.length);
    for (const [layer, weight, shape, first, last] of rows) {
      const tensor = weights.get(`${layer}/${weight}`)!;
      deepEqual([tensor.shape, tensor.data[0], tensor.data.at(-1)], [shape, first, last]);
    }
    model.dispose();
  });
}

Deno.test("slashes in names of layers, and another name of the last layer, are those of Keras 2's DenseNet", async () => {
  const [model, formula] = [smallModel(), smallModel()];
  setFormulaWeights(formula);
  const rename = (layer: string) => layer === "dense" ? "fc1000" : layer.replace("_", "/");
  deepEqual(await loadWeights(model, await writeKeras(formulaLayers(), rename)), { head: true });
  deepEqual(exportWeights(model), exportWeights(formula));
});

Deno.test("layers whose automatic numbers go on from another network are paired in their order", async () => {
  const [model, formula] = [smallModel(), smallModel()];
  setFormulaWeights(formula);
  deepEqual(await loadWeights(model, await writeKeras(formulaLayers(), renumbered)), { head: true });
  deepEqual(exportWeights(model), exportWeights(formula));
});

Deno.test("a file for other findings, or without a last layer, leaves the last layer as it was", async () => {
  const withoutTop = formulaLayers().filter(([layer]) => layer !== "dense");
  const whole = await writeKeras(formulaLayers());
  const top = await writeKeras(withoutTop);
  for (const [file, outputs] of [[whole, 3], [top, 14]] as const) {
    const model = smallModel({ outputs });
    const head = exportWeights(model).get("dense/kernel");
    deepEqual(await loadWeights(model, file), { head: false });
    const weights = exportWeights(model);
    deepEqual(weights.get("dense/kernel"), head);
    deepEqual(weights.get("conv2d_11/kernel"), formulaWeight("conv2d_11/kernel", [1, 1, 16, 32]));
    model.dispose();
  }
});

Deno.test("our own weights are loaded, with another last layer too", async () => {
  const [model, other, three] = [smallModel(), smallModel(), smallModel({ outputs: 3 })];
  setFormulaWeights(model);
  const file = await Deno.makeTempFile({ dir: FOLDER, suffix: ".safetensors" });
  await writeSafetensors(file, exportWeights(model));
  deepEqual(await loadWeights(other, file), { head: true });
  deepEqual(exportWeights(other), exportWeights(model));
  deepEqual(await loadWeights(three, file), { head: false });
  deepEqual(exportWeights(three).get("conv2d/kernel"), exportWeights(model).get("conv2d/kernel"));
});

Deno.test("weights of another network, or of no known kind, are refused in one line", async () => {
  const deeper = smallModel({ depth: 20 });
  const keras = await writeKeras(formulaLayers());
  await rejectsLine(
    deeper,
    keras,
    /has 13 convolutions, 10 batch normalisations, 1 dense layers, where resnet20v2 has 22 convolutions, 19 /,
  );
  await rejectsLine(deeper, join(FIXTURES, "keras_2_nested.weights.h5"), /keeps no names of layers/);
  const file = await Deno.makeTempFile({ dir: FOLDER, suffix: ".safetensors" });
  await writeSafetensors(file, exportWeights(smallModel()));
  await rejectsLine(
    deeper,
    file,
    /"conv2d_5\/kernel" is F32 \[1,1,8,8\], where resnet20v2 has F32 \[1,1,8,2\]$/,
  );
  await writeSafetensors(file, exportWeights(smallModel()), { metadata: { network: "resnet11v2" } });
  await rejectsLine(deeper, file, /holds weights of resnet11v2, not of resnet20v2$/);
  await rejectsLine(
    deeper,
    "weights.zip",
    /weights have to be a file that ends in .safetensors, .h5 or .pth/,
  );
});

Deno.test("a weight of another shape is refused", async () => {
  const layers = formulaLayers();
  layers.find(([layer]) => layer === "conv2d")![1][0]![1] = formulaWeight("conv2d/kernel", [3, 3, 3, 2]);
  const message = /"conv2d\/kernel" is F32 \[3,3,3,2\], where resnet11v2 has F32 \[3,3,1,2\]$/;
  await rejectsLine(smallModel(), await writeKeras(layers), message);
});
