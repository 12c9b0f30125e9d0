import { InputError } from "../support/input_error.ts";
import type { Float32Tensor } from "../weight_files/stored_tensor.ts";
import type { Network } from "./network.ts";

/** How a network for grey images scales pixels x in 0..1 before its first layer: to factor * x + offset. */
interface GreyScaling {
  factor: number;
  offset: number;
  /** How a note calls such images. */
  name: string;
}

/** TorchXRayVision's models take pixels in -1024..1024 (its `datasets.normalize`). */
const TORCHXRAYVISION: GreyScaling = {
  factor: 2048,
  offset: -1024,
  name: "of -1024 to 1024, as torchxrayvision's",
};

/**
 * A first kernel for three scaled channels that does the same to a grey image as one for a single channel. With the
 * channels (x - mean) / deviation of one x, the kernels a_c * kernel do so where the sum of a_c / deviation_c is the
 * single channel's factor and that of -a_c * mean_c / deviation_c its offset; of the solutions this is the one with the
 * smallest sum of (a_c / deviation_c)^2. Padding is zero after the scaling on both sides.
 *
 * @param kernel [out, 1, height, width]
 * @param of The class of the network that it is of, where the file says it; others than torchxrayvision's are taken to
 * scale as this network does, by the mean of its channels.
 * @throws {InputError} The network does not scale channels by different means.
 */
export function greyKernel(
  kernel: Float32Tensor,
  { network: { name, channelScaling }, of, from }: { network: Network; of: string | undefined; from: string },
): { kernel: Float32Tensor; note: string } {
  const [outputs, , height, width] = kernel.shape as [number, number, number, number];
  if (channelScaling === undefined) {
    throw new InputError(`${from}: its first layer takes one channel, where that of ${name} takes three`);
  }
  const { mean, deviation } = channelScaling;
  const { factor, offset, name: images } = of?.startsWith("torchxrayvision.")
    ? TORCHXRAYVISION
    : likeChannels(channelScaling);
  const center = average(mean);
  const spread = mean.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const tilt = (-offset - factor * center) / spread;
  const factors = mean.map((value, c) => (factor / mean.length + tilt * (value - center)) * deviation[c]!);
  const size = height * width;
  const data = new Float32Array(outputs * factors.length * size);
  for (let output = 0; output < outputs; output++) {
    factors.forEach((channelFactor, c) => {
      for (let i = 0; i < size; i++) {
        data[(output * factors.length + c) * size + i] = channelFactor * kernel.data[output * size + i]!;
      }
    });
  }
  return {
    kernel: { dtype: "F32", shape: [outputs, factors.length, height, width], data },
    note: `its first layer, for one channel ${images}, is spread over three`,
  };
}

/** The scaling that a network's channels have on average: what is assumed of a file that does not tell. */
function likeChannels({ mean, deviation }: Required<Network>["channelScaling"]): GreyScaling {
  const [center, width] = [average(mean), average(deviation)];
  const name = `(taken to be scaled by a mean of ${center.toFixed(3)} and a deviation of ${
    width.toFixed(3)
  })`;
  return { factor: 1 / width, offset: -center / width, name };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
