import { tf } from "../tensorflow/mod.ts";
import { InputError } from "../support/input_error.ts";
import type { Activation, Layers } from "./layers.ts";
import type { Network } from "./network.ts";
import { MAX_DEPTH } from "./network_names.ts";
import type { NetworkFamily, NetworkOptions } from "./network_family.ts";

/**
 * Settings of {@linkcode resnetV2}. Images are a multiple of 32 wide. After the last feature map (a quarter of
 * the image's size) `flatten`, the default, averages squares of 8x8 and keeps their places, as the original does.
 */
export interface ResnetV2Options extends NetworkOptions {
  /** 9n + 2 layers: 11, 20, 29, 38, 47, 56 ... */
  depth: number;
  /** Filters of the first convolution. Default: 16. */
  filters?: number;
}

const STAGES = 3;
const POOL = 8;

/** {@linkcode resnetV2} in the registry. */
export const family: NetworkFamily = {
  name: "resnet<9n+2>v2",
  has: (name) => depthIn(name) !== undefined,
  imageSize: 128,
  citation: "He et al., Identity Mappings in Deep Residual Networks, 2016; Keras' example cifar10_resnet",
  create: (name, options) => resnetV2({ ...options, depth: depthIn(name)! }),
};

/**
 * ResNet v2 as Keras' CIFAR-10 example has it and the original uses it: pre-activation bottleneck blocks (He et
 * al., "Identity Mappings in Deep Residual Networks", 2016), three stages of (depth - 2) / 9 blocks. At depth 56,
 * 128x128 and 14 outputs it has 1,728,238 parameters, moving averages included. Weight names are Keras' automatic ones.
 */
export function resnetV2(options: ResnetV2Options): Network {
  const { depth, imageSize, outputs, pooling = "flatten", dropout = 0, filters = 16 } = options;
  const blocks = (depth - 2) / 9;
  if (!Number.isInteger(blocks) || blocks < 1) {
    throw new InputError(`depth ${depth}: has to be 9n + 2, such as 11, 20, 29 or 56`);
  }
  if (depth > MAX_DEPTH) throw new InputError(`depth ${depth}: has to be at most ${MAX_DEPTH}`);
  if (imageSize % (4 * POOL) !== 0 || imageSize <= 0) {
    throw new InputError(`image size ${imageSize}: has to be a multiple of ${4 * POOL} for resnet${depth}v2`);
  }

  function forward(layers: Layers, images: tf.Tensor4D): tf.Tensor2D {
    const normalize = (x: Activation) => tf.relu(layers.batchNormalization(x));
    const convolve = (x: Activation, filters: number, { size = 1, strides = 1 } = {}) =>
      layers.conv2d(x, { filters, size, strides, bias: "cancelled" });

    let x: Activation = normalize(convolve(images, filters, { size: 3 }));
    let inner = filters;
    for (let stage = 0; stage < STAGES; stage++) {
      const outer = inner * (stage === 0 ? 4 : 2);
      for (let block = 0; block < blocks; block++) {
        const first = block === 0;
        const strides = first && stage > 0 ? 2 : 1;
        let y: Activation = first && stage === 0 ? x : normalize(x);
        y = convolve(y, inner, { strides });
        y = convolve(normalize(y), inner, { size: 3 });
        y = convolve(normalize(y), outer);
        x = layers.add(first ? convolve(x, outer, { strides }) : x, y);
      }
      inner = outer;
    }
    const features = layers.tap("features", normalize(x));
    return layers.dense(layers.dropout(pool(features), dropout), { units: outputs, initializer: "heNormal" });
  }

  function pool(features: tf.Tensor4D): tf.Tensor2D {
    if (pooling === "global") return tf.mean(features, [1, 2]);
    const pooled = tf.avgPool(features, POOL, POOL, "valid");
    return tf.reshape(pooled, [pooled.shape[0], -1]);
  }

  return {
    name: `resnet${depth}v2`,
    imageSize,
    channels: 1,
    outputs,
    featureTap: "features",
    head: "dense",
    forward,
  };
}

/** The depth that a name tells, where it is 9n + 2. */
function depthIn(name: string): number | undefined {
  const depth = Number(name.match(/^resnet(\d+)v2$/)?.[1]);
  return depth > 2 && (depth - 2) % 9 === 0 ? depth : undefined;
}
