import assert from "node:assert/strict";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { adam } from "../../lib/model/adam.ts";
import { createModel, exportWeights, type Model } from "../../lib/model/model.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import {
  checkpointFile,
  optimizerFile,
  readCheckpoint,
  readOptimizer,
} from "../../lib/training/checkpoint.ts";
import { networkOf } from "../../lib/training/network_of.ts";
import { checkSettings, type Settings } from "../../lib/training/settings.ts";
import { temporaryFolder } from "../_folders.ts";
import { writeAtomically } from "../../lib/support/write_atomically.ts";

const AFTER = { epoch: 1, findings: NIH_FINDINGS };

function modelOf(given: Partial<Settings>): Model {
  const settings = checkSettings({ network: "resnet11v2", imageSize: 32, ...given }, "test");
  return createModel(networkOf(settings, NIH_FINDINGS), settings);
}

Deno.test("a checkpoint brings the weights back bit for bit", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "epoch-01.safetensors");
  const [model, other] = [modelOf({ seed: 1 }), modelOf({ seed: 2 })];
  assert.notDeepEqual(exportWeights(other), exportWeights(model));
  await writeAtomically(file, checkpointFile(model, AFTER));
  await readCheckpoint(file, other, AFTER);
  assert.deepEqual(exportWeights(other), exportWeights(model));
  model.dispose();
  other.dispose();
});

Deno.test("a checkpoint of another network or other findings, cut short or missing is refused and the model stays as it was", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "epoch-01.safetensors");
  const model = modelOf({});
  const before = exportWeights(model);
  const others: [Partial<Settings>, RegExp][] = [
    [{ network: "resnet20v2" }, /epoch-01.safetensors: holds weights of resnet20v2, not of resnet11v2$/],
    [
      { pooling: "flatten", imageSize: 64 },
      /epoch-01.safetensors: "dense\/kernel" is F32 \[1024,14\], where resnet11v2 has F32 \[256,14\]$/,
    ],
  ];
  for (const [given, message] of others) {
    const other = modelOf(given);
    await writeAtomically(file, checkpointFile(other, AFTER));
    other.dispose();
    await assert.rejects(readCheckpoint(file, model, AFTER), { name: "InputError", message });
  }
  await writeAtomically(file, checkpointFile(model, { epoch: 1, findings: NIH_FINDINGS.toReversed() }));
  await assert.rejects(readCheckpoint(file, model, AFTER), {
    name: "InputError",
    message: /epoch-01.safetensors: holds weights for Pneumothorax,.*, not for Atelectasis,/,
  });
  await writeAtomically(file, checkpointFile(model, AFTER));
  const { size } = await Deno.stat(file);
  for (const length of [size - 1, size / 2, 1000, 7, 0]) {
    await Deno.truncate(file, Math.floor(length));
    await assert.rejects(readCheckpoint(file, model, AFTER), {
      name: "InputError",
      message: /^.*epoch-01.safetensors: .+$/,
    });
  }
  await Deno.remove(file);
  await assert.rejects(readCheckpoint(file, model, AFTER), {
    name: "InputError",
    message: /epoch-01.safetensors: no such file$/,
  });
  assert.deepEqual(exportWeights(model), before);
  model.dispose();
});

Deno.test("the optimiser's averages come back bit for bit; those of another network are refused", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "optimizer-01.safetensors");
  const [optimizer, other, larger] = [adam(3), adam(3), adam(4)];
  tf.tidy(() => {
    for (const value of [0.1, -2, 3e-8]) {
      tf.dispose(optimizer.step(tf.tensor1d([value, 1, -value]), tf.scalar(1e-3)));
    }
  });
  await writeAtomically(file, optimizerFile(optimizer, AFTER));
  await readOptimizer(file, other, AFTER);
  for (const name of ["first", "second", "steps"] as const) {
    assert.deepEqual(other[name].dataSync(), optimizer[name].dataSync());
  }
  assert.deepEqual([...other.steps.dataSync()], [3]);
  await assert.rejects(readOptimizer(file, larger, AFTER), {
    name: "InputError",
    message: /optimizer-01.safetensors: "first" does not fit a network of 4 weights$/,
  });
  tf.tidy(() => optimizer.second.assign(tf.tensor1d([1, NaN, 1])));
  await writeAtomically(file, optimizerFile(optimizer, AFTER));
  await assert.rejects(readOptimizer(file, other, AFTER), {
    name: "InputError",
    message: /optimizer-01.safetensors: "second" is not finite$/,
  });
  for (const { dispose } of [optimizer, other, larger]) dispose();
});
