import assert from "node:assert/strict";
import { layerShapes } from "../../lib/model/layer_shapes.ts";
import { createModel } from "../../lib/model/model.ts";
import { NETWORKS } from "../../lib/model/networks.ts";
import { resnetV2 } from "../../lib/model/resnet_v2.ts";

Deno.test("the layers of ResNet-11 v2 halve the picture twice and double the channels", () => {
  const shapes = layerShapes(resnetV2({ depth: 11, imageSize: 64, outputs: 14, pooling: "global" }));
  assert.deepEqual(shapes[0], {
    kind: "convolution",
    kernel: [3, 3, 1, 16],
    input: [64, 64, 1],
    output: [64, 64, 16],
  });
  assert.deepEqual(shapes.at(-1), { kind: "dense", kernel: [256, 14], input: [256], output: [14] });
  assert.equal(shapes.length, 14);
  const sides = shapes.flatMap(({ output: [side, , channels] }) => channels ? [`${side}x${channels}`] : []);
  assert.deepEqual([...new Set(sides)], ["64x16", "64x64", "32x64", "32x128", "16x128", "16x256"]);
});

Deno.test("the kernels of every network are those that its model has", () => {
  for (const name of ["resnet20v2", "efficientnet-lite0"]) {
    const family = NETWORKS.find((family) => family.has(name))!;
    const network = family.create(name, { imageSize: 64, outputs: 14 });
    const model = createModel(network, { seed: 0 });
    const kernels = model.parameters.filter(({ name }) => name.endsWith("kernel"));
    assert.deepEqual(
      layerShapes(network).map(({ kernel }) => kernel),
      kernels.map(({ shape }) => [...shape]),
    );
    model.dispose();
  }
});
