import * as tf from "@tensorflow/tfjs";
import { type Kernel, runOne, typeOf } from "./_kernel.ts";

/** Kernels over images. */
export const image: Kernel[] = [
  {
    name: "Transform",
    work: ({ inputs: { image, transforms }, attributes }) => {
      const { interpolation, fillMode, fillValue, outputShape } = attributes;
      const size = tf.tensor1d(outputShape ?? image.shape.slice(1, 3), "int32");
      return runOne("ImageProjectiveTransformV3", [image, transforms, size, tf.scalar(fillValue)], {
        attributes: {
          dtype: typeOf(image),
          interpolation: interpolation.toUpperCase(),
          fill_mode: fillMode.toUpperCase(),
        },
      });
    },
  },
];
