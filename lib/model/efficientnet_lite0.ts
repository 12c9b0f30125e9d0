import { tf } from "../tensorflow/mod.ts";
import { classify } from "./_classifier.ts";
import { imagenetOptions } from "./_imagenet_options.ts";
import { threeChannels } from "./_three_channels.ts";
import type { Layers } from "./layers.ts";
import type { Network } from "./network.ts";
import type { NetworkFamily, NetworkOptions } from "./network_family.ts";

/** Blocks of one size: how many, the depthwise kernel, the first one's strides, the expansion and the channels. */
interface Stage {
  blocks: number;
  size: number;
  strides: number;
  expansion: number;
  filters: number;
}

const STAGES: readonly Stage[] = [
  { blocks: 1, size: 3, strides: 1, expansion: 1, filters: 16 },
  { blocks: 2, size: 3, strides: 2, expansion: 6, filters: 24 },
  { blocks: 2, size: 5, strides: 2, expansion: 6, filters: 40 },
  { blocks: 3, size: 3, strides: 2, expansion: 6, filters: 80 },
  { blocks: 3, size: 5, strides: 1, expansion: 6, filters: 112 },
  { blocks: 4, size: 5, strides: 2, expansion: 6, filters: 192 },
  { blocks: 1, size: 3, strides: 1, expansion: 6, filters: 320 },
];
const STEM = 32;
const FEATURES = 1280;

/** {@linkcode efficientnetLite0} in the registry. */
export const family: NetworkFamily = {
  name: "efficientnet-lite0",
  has: (name) => name === "efficientnet-lite0",
  imageSize: 224,
  citation: "Tan and Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, 2019",
  create: (_, options) => efficientnetLite0(options),
};

/**
 * EfficientNet-Lite0 (Tan and Le, 2019, in the variant of 2020 for small devices: ReLU6, no squeeze and excitation).
 * With 1000 outputs it has 4,652,008 trained parameters. Grey images are repeated to three channels and scaled
 * as its ImageNet weights expect: (255 x - 127) / 128.
 *
 * @throws {InputError} The images are smaller than 32x32, or the pooling is not global.
 */
export function efficientnetLite0(options: NetworkOptions): Network {
  const { name } = family;
  const { imageSize, outputs, dropout } = imagenetOptions(name, options);

  function forward(layers: Layers, images: tf.Tensor4D): tf.Tensor2D {
    const scaled = tf.div(tf.sub(tf.mul(threeChannels(images), 255), 127), 128) as tf.Tensor4D;
    const stem = layers.conv2d(scaled, { filters: STEM, size: 3, strides: 2, name: "stem_conv" });
    let x = tf.relu6(layers.batchNormalization(stem, { name: "stem_bn" }));
    STAGES.forEach((stage, stageIndex) => {
      for (let index = 0; index < stage.blocks; index++) {
        const strides = index === 0 ? stage.strides : 1;
        x = block(layers, x, { ...stage, strides, name: `stage${stageIndex}_block${index}` });
      }
    });
    const head = layers.conv2d(x, { filters: FEATURES, size: 1, name: "head_conv" });
    const features = layers.tap("features", tf.relu6(layers.batchNormalization(head, { name: "head_bn" })));
    return classify(layers, features, { outputs, dropout, name: "classifier" });
  }

  return {
    name,
    imageSize,
    channels: 1,
    outputs,
    featureTap: "features",
    head: "classifier",
    torchModules: [timmModule, originalModule],
    forward,
  };
}

/** An inverted residual (Sandler et al., MobileNetV2, 2018): wider, filtered by channel, narrow again. */
function block(
  layers: Layers,
  x: tf.Tensor4D,
  { size, strides, expansion, filters, name }: Omit<Stage, "blocks"> & { name: string },
): tf.Tensor4D {
  const normalize = (x: tf.Tensor4D, layer: string) =>
    layers.batchNormalization(x, { name: `${name}_${layer}` });
  let y = x;
  if (expansion > 1) {
    y = layers.conv2d(y, { filters: x.shape[3] * expansion, size: 1, name: `${name}_expand_conv` });
    y = tf.relu6(normalize(y, "expand_bn"));
  }
  y = layers.depthwiseConv2d(y, { size, strides, name: `${name}_depthwise_conv` });
  y = tf.relu6(normalize(y, "depthwise_bn"));
  y = layers.conv2d(y, { filters, size: 1, name: `${name}_project_conv` });
  y = normalize(y, "project_bn");
  return strides === 1 && filters === x.shape[3] ? layers.add(x, y) : y;
}

const TIMM: Readonly<Record<string, string>> = {
  stem_conv: "conv_stem",
  stem_bn: "bn1",
  head_conv: "conv_head",
  head_bn: "bn2",
  classifier: "classifier",
  depthwise_conv: "conv_dw",
};
const TIMM_EXPANDED: Readonly<Record<string, string>> = {
  expand_conv: "conv_pw",
  expand_bn: "bn1",
  depthwise_bn: "bn2",
  project_conv: "conv_pwl",
  project_bn: "bn3",
};
const TIMM_NARROW: Readonly<Record<string, string>> = {
  depthwise_bn: "bn1",
  project_conv: "conv_pw",
  project_bn: "bn2",
};

/** A layer's name in `tf_efficientnet_lite0` of the PyTorch package timm. */
function timmModule(layer: string): string {
  const { stage, index, part } = placeOf(layer);
  if (stage === undefined) return TIMM[part]!;
  const names = STAGES[stage]!.expansion > 1 ? TIMM_EXPANDED : TIMM_NARROW;
  return `blocks.${stage}.${index}.${names[part] ?? TIMM[part]}`;
}

const ORIGINAL: Readonly<Record<string, string>> = {
  stem_conv: "_conv_stem",
  stem_bn: "_bn0",
  head_conv: "_conv_head",
  head_bn: "_bn1",
  classifier: "_fc",
  expand_conv: "_expand_conv",
  expand_bn: "_bn0",
  depthwise_conv: "_depthwise_conv",
  depthwise_bn: "_bn1",
  project_conv: "_project_conv",
  project_bn: "_bn2",
};

/** A layer's name in the PyTorch packages that follow TensorFlow's own implementation, blocks counted through. */
function originalModule(layer: string): string {
  const { stage, index, part } = placeOf(layer);
  if (stage === undefined) return ORIGINAL[part]!;
  const before = STAGES.slice(0, stage).reduce((sum, { blocks }) => sum + blocks, 0);
  return `_blocks.${before + index}.${ORIGINAL[part]}`;
}

/** Where a layer is: `stage1_block0_expand_conv` is `expand_conv` of a stage's block. */
function placeOf(layer: string): { stage?: number; index: number; part: string } {
  const [, stage, index, part] = layer.match(/^stage(\d+)_block(\d+)_(.*)$/) ?? [];
  if (stage === undefined) return { index: 0, part: layer };
  return { stage: Number(stage), index: Number(index), part: part! };
}
