import type { tf } from "../tensorflow/mod.ts";
import type { Layers } from "./layers.ts";

/** A network: what it takes and how it computes. Its parameters are in a {@linkcode ./model.ts Model}. */
export interface Network {
  /** Its name in files and flags, such as `resnet56v2`. */
  name: string;
  /** Height and width of its images. */
  imageSize: number;
  /** Channels of its images. */
  channels: number;
  /** How many findings it scores. */
  outputs: number;
  /** The tap that Grad-CAM looks at: the last feature map. */
  featureTap: string;
  /** The last layer's name: what networks trained for other findings do not share. */
  head: string;
  /**
   * The modules' names in PyTorch's implementations, by our layers': the first is what is written, all are read.
   * Absent where PyTorch has no such network: they are then named after our layers.
   */
  torchModules?: readonly ((layer: string) => string)[];
  /**
   * How images in 0..1 are scaled before the first layer: by the mean and the standard deviation that each channel's
   * values are taken to have. Absent where that is done otherwise.
   */
  channelScaling?: { mean: readonly number[]; deviation: readonly number[] };
  /** Scores as logits [n, outputs] of images [n, imageSize, imageSize, channels]. */
  forward(layers: Layers, images: tf.Tensor4D): tf.Tensor2D;
}
