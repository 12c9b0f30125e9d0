import { deepEqual, equal, ok } from "node:assert/strict";
import { gradCamWeights } from "../../lib/explanation/grad_cam_weights.ts";
import { saliency } from "../../lib/explanation/saliency.ts";
import { createModel, forward } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { tf } from "../../lib/tensorflow/mod.ts";

for (const pooling of ["flatten", "global"] as const) {
  Deno.test(`Grad-CAM's closed form after ${pooling} pooling is what the gradients give`, async () => {
    const network = networkNamed("resnet11v2", { imageSize: 64, outputs: 3, pooling });
    const model = createModel(network, { seed: 3 });
    const images = tf.randomUniform([2, 64, 64, 1], 0, 1, "float32", 5) as tf.Tensor4D;
    const explain = saliency(model);
    const maps = await explain(images, tf.tensor2d([[0, 1, 2], [0, 1, 2]], [2, 3], "int32"));
    const weights = gradCamWeights(model)!;
    deepEqual(weights.shape, [256, 3]);
    let features: tf.Tensor4D;
    forward(model, images, { training: false, onTap: (_, x) => features = x });
    const raw = tf.relu(tf.transpose(tf.einsum("nhwc,ck->nhwk", features!, weights), [0, 3, 1, 2]));
    const closed = tf.divNoNan(raw, tf.max(raw, [2, 3], true));
    equal(closed.shape.join(), maps.shape.join());
    ok(tf.max(tf.abs(tf.sub(closed, maps))).dataSync()[0]! < 1e-5);
    ok(tf.max(maps).dataSync()[0] === 1);
    explain.dispose();
    model.dispose();
  });
}

Deno.test("a head whose gradient depends on the image has no closed form", () => {
  const network = networkNamed("resnet11v2", { imageSize: 32, outputs: 2 });
  const squared: typeof network.forward = (layers, images) => {
    const features = layers.tap("features", layers.conv2d(images, { filters: 4, size: 3 }));
    return layers.dense(tf.mean(tf.square(features), [1, 2]) as tf.Tensor2D, { units: 2 });
  };
  const model = createModel({ ...network, forward: squared }, { seed: 3 });
  equal(gradCamWeights(model), null);
  model.dispose();
});
