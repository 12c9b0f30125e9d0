import * as tf from "@tensorflow/tfjs";
import { type Kernel, runOne, typeOf } from "./_kernel.ts";

/** Kernels that draw random numbers. */
export const sampling: Kernel[] = [
  {
    // TensorFlow's Multinomial goes on from call to call; by TensorFlow.js the same seed gives the same samples.
    name: "Multinomial",
    work: ({ inputs: { logits }, attributes: { numSamples, seed, normalized } }) => {
      const weights: tf.Tensor = normalized ? tf.log(logits) : logits;
      const bits = new Int32Array(Float64Array.of(seed).buffer);
      return runOne(
        "StatelessMultinomial",
        [weights, tf.scalar(numSamples, "int32"), tf.tensor1d(bits, "int32")],
        {
          attributes: {
            T: typeOf(weights),
            Tseed: typeOf({ dtype: "int32" }),
            output_dtype: typeOf({ dtype: "int32" }),
          },
        },
      );
    },
  },
];
