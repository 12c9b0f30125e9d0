import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { File as H5File, Group, ready } from "h5wasm";
import { InputError } from "../../lib/support/input_error.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { importKerasWeights } from "../../lib/model/import_keras_weights.ts";
import { type LoadedWeights, loadWeights } from "../../lib/model/load_weights.ts";
import { createModel, exportWeights, importWeights, type Model } from "../../lib/model/model.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";
import { safetensorsFile } from "../../lib/weight_files/safetensors.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { formulaWeight, setFormulaWeights } from "./_formula.ts";
import { writeAtomically } from "../../lib/support/write_atomically.ts";

const FIXTURES = join(import.meta.dirname!, "../fixtures/model");
const FOLDER = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(FOLDER, { recursive: true }));

function smallModel({ outputs = 14, depth = 11 } = {}): Model {
  return createModel(resnetV2({ depth, imageSize: 32, filters: 2, outputs }), { seed: 1 });
}

/** Loads weights for the 14 findings, as `deno task train` does. */
function load(model: Model, file: string): Promise<LoadedWeights> {
  return loadWeights(model, file, { findings: NIH_FINDINGS });
}

/** Puts all that a file of Keras has into a model, the last layer too. */
async function importAll(model: Model, file: string): Promise<void> {
  importWeights(model, (await importKerasWeights(model, file)).tensors, file);
}

const UNSAID = "the last layer starts anew: the file does not say what its outputs are";

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
  await rejects(load(model, file), (error: Error) => {
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
    await importAll(model, join(FIXTURES, file));
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
  await importAll(model, await writeKeras(formulaLayers(), rename));
  deepEqual(exportWeights(model), exportWeights(formula));
});

Deno.test("layers whose automatic numbers go on from another network are paired in their order", async () => {
  const [model, formula] = [smallModel(), smallModel()];
  setFormulaWeights(formula);
  await importAll(model, await writeKeras(formulaLayers(), renumbered));
  deepEqual(exportWeights(model), exportWeights(formula));
});

Deno.test("a file of Keras does not say what its outputs are, so that the last layer stays as it was", async () => {
  const withoutTop = formulaLayers().filter(([layer]) => layer !== "dense");
  const whole = await writeKeras(formulaLayers());
  const top = await writeKeras(withoutTop);
  for (
    const [file, outputs, last] of [
      [whole, 14, UNSAID],
      [whole, 3, UNSAID],
      [top, 14, "the last layer starts anew: the file has none"],
    ] as const
  ) {
    const model = smallModel({ outputs });
    const head = exportWeights(model).get("dense/kernel");
    const { head: taken, notes } = await load(model, file);
    deepEqual([taken, notes.at(-1)], [false, last]);
    const weights = exportWeights(model);
    deepEqual(weights.get("dense/kernel"), head);
    deepEqual(weights.get("conv2d_11/kernel"), formulaWeight("conv2d_11/kernel", [1, 1, 16, 32]));
    model.dispose();
  }
});

Deno.test("our own weights are loaded, and their last layer where it is for the same findings", async () => {
  const [model, other, three] = [smallModel(), smallModel(), smallModel({ outputs: 3 })];
  setFormulaWeights(model);
  const file = await Deno.makeTempFile({ dir: FOLDER, suffix: ".safetensors" });
  const write = (metadata: Record<string, string>) =>
    writeAtomically(file, safetensorsFile(exportWeights(model), { metadata }));
  await write({ network: "resnet11v2", findings: JSON.stringify(NIH_FINDINGS) });
  const notes = ["68 weights of resnet11v2", "the last layer is the file's"];
  deepEqual(await load(other, file), { head: true, notes });
  deepEqual(exportWeights(other), exportWeights(model));
  const { head, notes: [, last] } = await loadWeights(three, file, {
    findings: ["Mass", "Nodule", "Hernia"],
  });
  deepEqual([head, last], [false, `the last layer starts anew: its outputs are ${NIH_FINDINGS.join(", ")}`]);
  deepEqual(exportWeights(three).get("conv2d/kernel"), exportWeights(model).get("conv2d/kernel"));
  await write({ network: "resnet11v2" });
  equal((await load(other, file)).head, true, "files of the first version are for the 14 findings");
  await write({});
  deepEqual((await load(smallModel(), file)).notes.at(-1), UNSAID);
});

Deno.test("weights that are not finite are refused by name", async () => {
  const model = smallModel();
  const weights = exportWeights(model);
  (weights.get("conv2d_3/kernel")!.data as Float32Array).set([NaN, -Infinity], 5);
  const file = await Deno.makeTempFile({ dir: FOLDER, suffix: ".safetensors" });
  await writeAtomically(file, safetensorsFile(weights));
  await rejectsLine(
    model,
    file,
    /: "conv2d_3\/kernel" is not finite: 2 of its 16 values are NaN or infinite$/,
  );
});

Deno.test("half and double precision are taken as float32, and whole numbers are not", async () => {
  const model = smallModel();
  const file = await Deno.makeTempFile({ dir: FOLDER, suffix: ".safetensors" });
  const weights = exportWeights(model);
  const { shape, data } = weights.get("conv2d/bias")!;
  const values = [...data as Float32Array].map((_, i) => i + 0.25);
  weights.set("conv2d/bias", { dtype: "F64", shape, data: Float64Array.from(values) });
  await writeAtomically(file, safetensorsFile(weights));
  await load(model, file);
  deepEqual([...exportWeights(model).get("conv2d/bias")!.data], values);
  weights.set("conv2d/bias", { dtype: "I32", shape, data: Int32Array.from(values) });
  await writeAtomically(file, safetensorsFile(weights));
  await rejectsLine(model, file, /"conv2d\/bias" is I32 \[2\], where resnet11v2 has F32 \[2\]$/);
});

Deno.test("what a file is, its content says and not its name", async () => {
  const model = smallModel();
  setFormulaWeights(model);
  const keras = await writeKeras(formulaLayers());
  const renamed = join(FOLDER, "weights.bin");
  await Deno.rename(keras, renamed);
  const other = smallModel();
  await load(other, renamed);
  deepEqual(exportWeights(other).get("conv2d_3/kernel"), exportWeights(model).get("conv2d_3/kernel"));
  const contents: [name: string, content: string, message: RegExp][] = [
    [
      "page.h5",
      "<!DOCTYPE html><title>Quota exceeded</title>",
      /: not an HDF5 file, but a web page \(HTML\): it /,
    ],
    [
      "page.pth",
      "<!DOCTYPE html>",
      /: not a checkpoint of PyTorch, but a web page \(HTML\): it begins "<!DOC/,
    ],
    [
      "page.safetensors",
      "<!DOCTYPE html>",
      /: cut short, or not a safetensors file but a web page \(HTML\): it begins/,
    ],
    ["page.ckpt", "<!DOCTYPE html>", /: no file of weights \(.*\), but a web page \(HTML\): it begins/],
    ["nothing.bin", "", /: no file of weights \(.*\), but an empty file$/],
    ["model.json", '{"a": 1}', /: no file of weights \(.*\), but a JSON text: it begins "{"a": 1}"$/],
  ];
  for (const [name, content, message] of contents) {
    const file = join(FOLDER, name);
    await Deno.writeTextFile(file, content);
    await rejectsLine(model, file, message);
  }
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
  await writeAtomically(file, safetensorsFile(exportWeights(smallModel())));
  await rejectsLine(
    deeper,
    file,
    /"conv2d_5\/kernel" is F32 \[1,1,8,8\], where resnet20v2 has F32 \[1,1,8,2\]$/,
  );
  await writeAtomically(
    file,
    safetensorsFile(exportWeights(smallModel()), { metadata: { network: "resnet11v2" } }),
  );
  await rejectsLine(deeper, file, /holds weights of resnet11v2, not of resnet20v2$/);
  await rejectsLine(deeper, "weights.zip", /: no such file$/);
});

Deno.test("a weight of another shape is refused", async () => {
  const layers = formulaLayers();
  layers.find(([layer]) => layer === "conv2d")![1][0]![1] = formulaWeight("conv2d/kernel", [3, 3, 3, 2]);
  const message = /"conv2d\/kernel" is F32 \[3,3,3,2\], where resnet11v2 has F32 \[3,3,1,2\]$/;
  await rejectsLine(smallModel(), await writeKeras(layers), message);
});
