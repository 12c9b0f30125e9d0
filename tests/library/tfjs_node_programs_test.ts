import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { elsewhere } from "./_elsewhere.ts";

const SAVED_MODEL = resolve(import.meta.dirname!, "../fixtures/tensorflow/saved_model");

/** Runs a program for tfjs-node in an empty project, with its one import changed; gives the files that it wrote. */
async function runPort(name: string, args: readonly string[] = []) {
  await using project = await elsewhere();
  const source = await Deno.readTextFile(join(import.meta.dirname!, "programs", `${name}.txt`));
  const stock = 'import * as tf from "@tensorflow/tfjs-node";';
  assert.equal(source.split(stock).length, 2);
  const port = source.replace(stock, 'import { tf } from "thorax/tensorflow";');
  await Deno.writeTextFile(join(project.path, name), port);
  // Node's access(), which the package's reader of saved models calls, asks who the user is.
  const permissions = [
    ...["--allow-ffi", "--allow-read", "--allow-write", "--allow-env", "--allow-sys=uid,gid"],
  ];
  const ending = await project.run(Deno.execPath(), ["run", "--no-prompt", ...permissions, name, ...args]);
  const files: Record<string, Uint8Array> = {};
  const collect = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(join(project.path, folder))) {
      if (isDirectory) collect(join(folder, name));
      else files[join(folder, name)] = Deno.readFileSync(join(project.path, folder, name));
    }
  };
  collect("");
  assert.equal(ending.code, 0, ending.stderr);
  assert.doesNotMatch(ending.stderr, /not traced/);
  return { output: ending.stdout, files };
}

Deno.test("a classifier of image files for tfjs-node runs with one import changed", async () => {
  const { output, files } = await runPort("image_classifier.js");
  assert.equal(output, "24 of 24 right\n");
  const { modelTopology, weightsManifest } = JSON.parse(
    new TextDecoder().decode(files["classifier/model.json"]),
  );
  assert.equal(modelTopology.class_name, "Sequential");
  assert.deepEqual(weightsManifest[0].paths, ["weights.bin"]);
  assert.equal(files["classifier/weights.bin"]!.length, 4 * (3 * 3 * 4 + 4 + 7 * 7 * 4 + 1));
});

Deno.test("a program for tfjs-node that runs a saved model runs with one import changed", async () => {
  const { output } = await runPort("saved_model.js", [SAVED_MODEL]);
  // The product is what TensorFlow computes in Python (tests/oracles/saved_model.py).
  assert.equal(output, "serve serving_default\n[[14,4.75],[30.5,8.5]]\n0\n");
});

Deno.test("a program for tfjs-node with TensorBoard's callback runs with one import changed", async () => {
  const { output, files } = await runPort("tensorboard.js");
  assert.equal(output, "val_loss,val_mse,loss,mse\n");
  for (const part of ["train", "val"]) {
    const events = Object.entries(files).filter(([name]) =>
      name.startsWith(`logs/${part}/`) && name.includes(".tfevents.")
    );
    assert.ok(events.length > 0, Object.keys(files).join());
    const text = events.map(([, bytes]) => new TextDecoder("latin1").decode(bytes)).join("");
    assert.match(text, /epoch_loss/);
    assert.equal(/batch_loss/.test(text), part === "train");
  }
});
