import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { backend, binding, tf } from "../../lib/tensorflow/backend.ts";

// The model of tests/oracles/saved_model.py, and what TensorFlow computes with it.
const FOLDER = resolve(import.meta.dirname!, "../fixtures/tensorflow/saved_model");
const INPUTS = "serving_default_x:0,serving_default_n:0";
const OUTPUTS = "StatefulPartitionedCall:2,StatefulPartitionedCall:1,StatefulPartitionedCall:0";
const PRODUCT = [[14, 4.75], [30.5, 8.5]];

function inputs(): tf.Tensor[] {
  return [tf.tensor2d([[1, 2, 3], [4, 5, 6]]), tf.scalar(7, "int32")];
}

Deno.test("A saved model computes what it computes in Python", () => {
  const before = binding.getNumOfTensors();
  const model = binding.loadSavedModel(FOLDER, "serve");
  assert.equal(binding.getNumOfSavedModels(), 1);
  tf.tidy(() => {
    const ids = backend().getInputTensorIds(inputs());
    for (let run = 0; run < 3; run++) {
      const [product, next, largest] = binding.runSavedModel(model, ids, INPUTS, OUTPUTS);
      assert.deepEqual(product!.shape, [2, 2]);
      assert.deepEqual([...binding.tensorDataSync(product!.id)], PRODUCT.flat());
      assert.deepEqual([...binding.tensorDataSync(next!.id)], [8]);
      assert.deepEqual([...binding.tensorDataSync(largest!.id)], [0n, 0n]);
      for (const { id } of [product!, next!, largest!]) binding.deleteTensor(id);
    }
  });
  binding.deleteSavedModel(model);
  assert.equal(binding.getNumOfSavedModels(), 0);
  assert.equal(binding.getNumOfTensors(), before);
});

Deno.test("tfjs-node's own loader of saved models works on the backend", async () => {
  const { loadSavedModel } = await import("@tensorflow/tfjs-node-gpu/dist/saved_model.js");
  const model = await loadSavedModel(FOLDER);
  const [x, n] = inputs();
  const result = model.predict({ x: x!, n: n! }) as Record<string, tf.Tensor>;
  assert.deepEqual(result.product!.arraySync(), PRODUCT);
  assert.deepEqual(result.next!.arraySync(), 8);
  model.dispose();
  tf.dispose([x!, n!, result]);
  assert.equal(binding.getNumOfSavedModels(), 0);
});

Deno.test("A saved model that is missing, or has no such part, is an error in TensorFlow's words", () => {
  const missing = join(FOLDER, "nothing");
  assert.throws(() => binding.loadSavedModel(missing, "serve"), {
    message:
      `Saved model ${missing}: Could not find SavedModel .pb or .pbtxt at supplied export directory path: ` +
      `${missing}. Check that the directory exists and that you have the right permissions for accessing it.`,
  });
  assert.throws(
    () => binding.loadSavedModel(FOLDER, "train"),
    /Could not find meta graph def matching supplied tags/,
  );
  const model = binding.loadSavedModel(FOLDER, "serve");
  tf.tidy(() => {
    const ids = backend().getInputTensorIds(inputs());
    assert.throws(() => binding.runSavedModel(model, ids, INPUTS, "nothing:0"), {
      message: "The saved model has no operation named nothing",
    });
    assert.throws(
      () => binding.runSavedModel(model, ids.slice(0, 1), "serving_default_x:0", OUTPUTS),
      /You must feed a value for placeholder tensor 'serving_default_n'/,
    );
  });
  binding.deleteSavedModel(model);
  assert.throws(() => binding.deleteSavedModel(model), { message: `There is no saved model ${model}` });
  assert.equal(binding.getNumOfSavedModels(), 0);
});
