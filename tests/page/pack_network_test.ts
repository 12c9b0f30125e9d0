import assert from "node:assert/strict";
import { createModel } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { floatsFrom } from "../../lib/page/base64.ts";
import { packNetwork } from "../../lib/page/pack_network.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { livelyWeight, setFormulaWeights } from "../model/_formula.ts";

const SIZE = 32;

Deno.test("a page's self-test has a heat map that is not zero, though the likeliest finding's is", async () => {
  const model = createModel(
    networkNamed("resnet11v2", { imageSize: SIZE, pooling: "global", dropout: 0, outputs: 2 }),
    { seed: null },
  );
  setFormulaWeights(model, livelyWeight);
  const values = model.weights.dataSync().slice();
  // The head is what comes last: [features, 2], then 2. Features are never negative.
  const [kernel, bias] = model.parameters.slice(-2).map(({ shape }) => shape);
  assert.deepEqual([kernel![1], bias], [2, [2]]);
  const head = values.subarray(-2 * kernel![0]! - 2);
  for (let i = 0; i < kernel![0]!; i++) [head[2 * i], head[2 * i + 1]] = [-0.1, 0.1];
  head.set([100, -100], 2 * kernel![0]!);
  tf.tidy(() => model.weights.assign(tf.tensor1d(values as Float32Array)));
  const image = Uint8Array.from({ length: SIZE * SIZE }, (_, i) => (i * 37) % 256);
  const { selfTest } = await packNetwork(model, { images: [image], precision: "float32" });
  model.dispose();
  assert(selfTest.logits[0]! > selfTest.logits[1]!, String(selfTest.logits));
  assert.equal(selfTest.label, 1);
  assert.equal(Math.max(...floatsFrom(selfTest.map)), 1);
});
