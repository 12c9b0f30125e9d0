import { tf } from "../tensorflow/mod.ts";
import { classify } from "./_classifier.ts";
import { imagenetOptions } from "./_imagenet_options.ts";
import { threeChannels } from "./_three_channels.ts";
import type { Layers } from "./layers.ts";
import type { Network } from "./network.ts";
import type { NetworkFamily, NetworkOptions } from "./network_family.ts";

/** Settings of {@linkcode densenet121}; with others than the defaults it is a smaller one, for tests. */
export interface DenseNetOptions extends NetworkOptions {
  /** Layers in each block. Default: 6, 12, 24, 16. */
  blocks?: readonly number[];
  /** Filters of the first convolution. Default: 64. */
  stem?: number;
  /** Feature maps that a layer adds. Default: 32. */
  growth?: number;
}

const EPSILON = 1.001e-5;
/** Mean and standard deviation by colour of ImageNet's images in 0..1, which its weights expect to be taken out. */
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** {@linkcode densenet121} in the registry. */
export const family: NetworkFamily = {
  name: "densenet121",
  has: (name) => name === "densenet121",
  imageSize: 224,
  citation:
    "Huang et al., Densely Connected Convolutional Networks, 2017; used on ChestX-ray14 by Rajpurkar et al., CheXNet, 2017",
  create: (_, options) => densenet121(options),
};

/**
 * DenseNet-121 (Huang et al., 2017) as keras.applications has it, with its names of layers; with 1000 outputs it has
 * 8,062,504 parameters, moving averages included. Grey images are repeated to three channels and scaled as its
 * ImageNet weights expect, by the mean and deviation of ImageNet's colours.
 *
 * @throws {InputError} The images are smaller than 32x32, or the pooling is not global.
 */
export function densenet121(options: DenseNetOptions): Network {
  const { name } = family;
  const { blocks = [6, 12, 24, 16], stem = 64, growth = 32 } = options;
  const { imageSize, outputs, dropout } = imagenetOptions(name, options);

  function forward(layers: Layers, images: tf.Tensor4D): tf.Tensor2D {
    const normalize = (x: tf.Tensor4D, name: string) =>
      tf.relu(layers.batchNormalization(x, { epsilon: EPSILON, name }));

    let x = tf.div(tf.sub(threeChannels(images), MEAN), DEVIATION) as tf.Tensor4D;
    x = layers.conv2d(x, { filters: stem, size: 7, strides: 2, padding: 3, name: "conv1_conv" });
    x = layers.maxPool(normalize(x, "conv1_bn"));
    blocks.forEach((layersInBlock, i) => {
      for (let block = 1; block <= layersInBlock; block++) {
        const name = `conv${i + 2}_block${block}`;
        let y = normalize(x, `${name}_0_bn`);
        y = layers.conv2d(y, { filters: 4 * growth, size: 1, name: `${name}_1_conv` });
        y = normalize(y, `${name}_1_bn`);
        y = layers.conv2d(y, { filters: growth, size: 3, name: `${name}_2_conv` });
        x = tf.concat([x, y], 3);
      }
      if (i === blocks.length - 1) return;
      const name = `pool${i + 2}`;
      x = normalize(x, `${name}_bn`);
      x = layers.conv2d(x, { filters: Math.floor(x.shape[3] / 2), size: 1, name: `${name}_conv` });
      x = tf.avgPool(x, 2, 2, "valid");
    });
    const features = layers.tap("features", normalize(x, "bn"));
    return classify(layers, features, { outputs, dropout, name: "predictions" });
  }

  return {
    name,
    imageSize,
    channels: 1,
    outputs,
    featureTap: "features",
    head: "predictions",
    torchModules: [torchvisionModule, oldTorchvisionModule],
    channelScaling: { mean: MEAN, deviation: DEVIATION },
    forward,
  };
}

const TORCHVISION: Readonly<Record<string, string>> = {
  conv1_conv: "features.conv0",
  conv1_bn: "features.norm0",
  bn: "features.norm5",
  predictions: "classifier",
  "0_bn": "norm1",
  "1_conv": "conv1",
  "1_bn": "norm2",
  "2_conv": "conv2",
};

/** A layer's name in `densenet121` of the PyTorch package torchvision. */
function torchvisionModule(layer: string): string {
  const [, stage, block, part] = layer.match(/^conv(\d)_block(\d+)_(.*)$/) ?? [];
  if (part) return `features.denseblock${Number(stage) - 1}.denselayer${block}.${TORCHVISION[part]}`;
  const [, pool, kind] = layer.match(/^pool(\d)_(.*)$/) ?? [];
  if (pool) return `features.transition${Number(pool) - 1}.${kind === "bn" ? "norm" : "conv"}`;
  return TORCHVISION[layer]!;
}

/** The same before torchvision 0.2.2 (2019), which CheXNet's best-known implementation is of: `norm.1` for `norm1`. */
function oldTorchvisionModule(layer: string): string {
  return torchvisionModule(layer).replace(/(denselayer\d+\.(?:norm|conv))(?=\d$)/, "$1.");
}
