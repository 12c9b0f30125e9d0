import { tf } from "../tensorflow/mod.ts";
import { classify } from "./_classifier.ts";
import { imagenetOptions } from "./_imagenet_options.ts";
import { threeChannels } from "./_three_channels.ts";
import type { Layers } from "./layers.ts";
import type { Network } from "./network.ts";
import type { NetworkFamily, NetworkOptions } from "./network_family.ts";

const BLOCKS = [3, 4, 6, 3];
const FILTERS = 64;
const EPSILON = 1.001e-5;

/** {@linkcode resnet50V2} in the registry. */
export const family: NetworkFamily = {
  name: "resnet50v2",
  has: (name) => name === "resnet50v2",
  imageSize: 224,
  citation: "He et al., Identity Mappings in Deep Residual Networks, 2016",
  create: (_, options) => resnet50V2(options),
};

/**
 * ResNet-50 v2 (He et al., 2016) as keras.applications has it, with its names of layers, and strides in the last
 * block of a stage; with 1000 outputs it has 25,613,800 parameters, moving averages included. Grey images are repeated
 * to three channels and scaled to -1..1, as its ImageNet weights expect. PyTorch's packages stride elsewhere.
 *
 * @throws {InputError} The images are smaller than 32x32, or the pooling is not global.
 */
export function resnet50V2(options: NetworkOptions): Network {
  const { name } = family;
  const { imageSize, outputs, dropout } = imagenetOptions(name, options);

  function forward(layers: Layers, images: tf.Tensor4D): tf.Tensor2D {
    let x = tf.sub(tf.mul(threeChannels(images), 2), 1) as tf.Tensor4D;
    const bias = "added";
    x = layers.conv2d(x, { filters: FILTERS, size: 7, strides: 2, padding: 3, bias, name: "conv1_conv" });
    x = layers.maxPool(x);
    BLOCKS.forEach((blocks, stage) => {
      for (let index = 1; index <= blocks; index++) {
        const strides = index === blocks && stage < BLOCKS.length - 1 ? 2 : 1;
        const filters = FILTERS * 2 ** stage;
        x = block(layers, x, {
          filters,
          strides,
          widens: index === 1,
          name: `conv${stage + 2}_block${index}`,
        });
      }
    });
    const features = layers.tap("features", normalize(layers, x, "post_bn"));
    return classify(layers, features, { outputs, dropout, name: "predictions" });
  }

  return { name, imageSize, channels: 1, outputs, featureTap: "features", head: "predictions", forward };
}

/** A bottleneck block with pre-activation, to four times as many channels as it has filters. */
function block(
  layers: Layers,
  x: tf.Tensor4D,
  { filters, strides, widens, name }: { filters: number; strides: number; widens: boolean; name: string },
): tf.Tensor4D {
  const before = normalize(layers, x, `${name}_preact_bn`);
  const outer = { filters: 4 * filters, size: 1, bias: "added" } as const;
  const shortcut = widens
    ? layers.conv2d(before, { ...outer, strides, name: `${name}_0_conv` })
    : strides === 1
    ? x
    : tf.maxPool(x, 1, strides, "valid");
  let y = layers.conv2d(before, { filters, size: 1, name: `${name}_1_conv` });
  y = normalize(layers, y, `${name}_1_bn`);
  y = layers.conv2d(y, { filters, size: 3, strides, padding: 1, name: `${name}_2_conv` });
  y = normalize(layers, y, `${name}_2_bn`);
  return layers.add(shortcut, layers.conv2d(y, { ...outer, name: `${name}_3_conv` }));
}

function normalize(layers: Layers, x: tf.Tensor4D, name: string): tf.Tensor4D {
  return tf.relu(layers.batchNormalization(x, { epsilon: EPSILON, name }));
}
