import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { importKerasWeights } from "../../lib/model/import_keras_weights.ts";
import { exportWeights } from "../../lib/model/model.ts";
import { exportRun } from "../../lib/runs/export_run.ts";
import { loadRun } from "../../lib/runs/load_run.ts";
import { readKerasWeights } from "../../lib/weight_files/keras_weights.ts";
import { temporaryFolder } from "../_folders.ts";
import { makeRun } from "./_untrained_run.ts";

// Keras and PyTorch load these files in tests/oracles/exported_networks.py.

Deno.test("keras: a ResNet v2 is layers class by class, a shortcut before the convolution that it is added to", async () => {
  await using folder = await temporaryFolder();
  const [run, out] = ["run", "model.weights.h5"].map((name) => join(folder.path, name));
  await makeRun(run!, { network: "resnet20v2", imageSize: 32 });
  const { files } = await exportRun(run!, { format: "keras", out: out! });
  deepEqual(files.map((file) => file.slice(folder.path.length + 1)), [
    "model.weights.h5",
    "model.json",
    "model.py",
  ]);
  const { model } = await loadRun(run!);
  const own = exportWeights(model);
  const layers = await readKerasWeights(out!);
  const shortcut = layers.filter(({ name }) => name.startsWith("conv2d"))[3]!;
  deepEqual(shortcut.weights.get("kernel"), own.get("conv2d_4/kernel"));
  const written = new Set(
    layers.flatMap(({ weights }) => [...weights.values()]).map(({ data }) => data.join()),
  );
  for (const [name, { data }] of own) ok(written.has(data.join()), name);
  equal(layers.reduce((sum, { weights }) => sum + weights.size, 0), own.size);
  const { pooling, findings } = JSON.parse(await Deno.readTextFile(join(folder.path, "model.json")));
  deepEqual([pooling, JSON.parse(findings).length], ["global", 14]);
  const { tensors } = await importKerasWeights(model, out!);
  for (const [name, tensor] of own) deepEqual(tensors.get(name), tensor, name);
  model.dispose();
});

Deno.test("torch: a ResNet v2 has the module that it is loaded into beside it, and replaces none of the user's", async () => {
  await using folder = await temporaryFolder();
  const [run, out] = ["run", "mine.safetensors"].map((name) => join(folder.path, name));
  await makeRun(run!, { network: "resnet11v2", imageSize: 32 });
  const module = join(folder.path, "mine.py");
  await Deno.writeTextFile(module, "mine");
  await rejects(exportRun(run!, { format: "torch", out: out! }), /mine\.py/);
  deepEqual([existsSync(out!), await Deno.readTextFile(module)], [false, "mine"]);
  await Deno.remove(module);
  await exportRun(run!, { format: "torch", out: out! });
  match(await Deno.readTextFile(module), /^class ResNetV2\(nn\.Module\):$/m);
});

Deno.test("keras: another network is refused by name, with what holds it", async () => {
  await using folder = await temporaryFolder();
  const run = join(folder.path, "run");
  await makeRun(run, { network: "efficientnet-lite0", imageSize: 32, pooling: "global" });
  await rejects(
    exportRun(run, { format: "keras", out: join(folder.path, "x.weights.h5") }),
    /^InputError: efficientnet-lite0: keras holds resnet<9n\+2>v2 alone: take saved-model or onnx$/,
  );
});
