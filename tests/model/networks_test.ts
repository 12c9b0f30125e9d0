import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { evalShape, graph, seedRandom, tf } from "../../lib/tensorflow/mod.ts";
import { createModel, forward } from "../../lib/model/model.ts";
import { NETWORK_NAMES } from "../../lib/model/network_names.ts";
import { networkFamily, networkNamed, NETWORKS } from "../../lib/model/networks.ts";
import { NAMES } from "./_networks.ts";

Deno.test("each family has its names and no other's", () => {
  deepEqual(NETWORKS.map(({ name }) => name), NETWORK_NAMES);
  for (const name of NAMES) deepEqual(NETWORKS.filter((family) => family.has(name)), [networkFamily(name)]);
  for (const name of ["resnet56v2", "resnet20v2"]) equal(networkFamily(name).name, "resnet<9n+2>v2");
});

Deno.test("a name that no network has is refused with those that there are", () => {
  const message = (name: string) => `network "${name}": has to be one of ${NETWORK_NAMES.join(", ")}`;
  for (const name of ["resnet57v2", "resnet2v2", "resnetv2", "densenet", "", "resnet56v2 "]) {
    throws(() => networkFamily(name), { name: "InputError", message: message(name) });
  }
});

for (const name of NAMES) {
  Deno.test(`${name} scores as many findings as it is asked for, from its smallest images`, () => {
    const imageSize = 32;
    const network = networkNamed(name, { imageSize, outputs: 3, pooling: "global" });
    equal(network.name, name);
    const model = createModel(network, { seed: 0 });
    ok(model.parameters.some(({ name }) => name === `${network.head}/kernel`));
    const taps: string[] = [];
    const shape = evalShape(() => {
      const images = tf.zeros([2, imageSize, imageSize, network.channels]) as tf.Tensor4D;
      const onTap = (name: string, x: tf.Tensor4D) => (taps.push(name), x);
      return forward(model, images, { training: false, onTap }).logits.shape;
    });
    deepEqual(shape, [2, 3]);
    deepEqual(taps, [network.featureTap]);
    model.dispose();
  });
}

Deno.test("dropout before the last layer drops in training only", () => {
  const network = networkNamed("resnet11v2", { imageSize: 32, outputs: 3, dropout: 0.9 });
  const model = createModel(network, { seed: 0 });
  const images = tf.ones([2, 32, 32, 1]) as tf.Tensor4D;
  const score = graph((training: boolean) => {
    const { logits, moving } = forward(model, images, { training, frozenStatistics: true });
    moving?.dispose();
    return logits as tf.Tensor;
  });
  seedRandom(0);
  const [first, second, third, fourth] = [true, true, false, false].map((training) =>
    score(training).arraySync()
  );
  deepEqual(third, fourth);
  ok(JSON.stringify(first) !== JSON.stringify(second));
  score.dispose();
  model.dispose();
});

Deno.test("networks made for ImageNet refuse what they cannot have", () => {
  for (const { name } of NETWORKS.filter(({ imageSize }) => imageSize === 224)) {
    throws(() => networkNamed(name, { imageSize: 16, outputs: 14 }), {
      name: "InputError",
      message: `image size 16: has to be at least 32 for ${name}`,
    });
    throws(() => networkNamed(name, { imageSize: 64, outputs: 14, pooling: "flatten" }), {
      name: "InputError",
      message: `pooling "flatten": ${name} has global pooling only`,
    });
  }
});
