/**
 * Kernels that the JavaScript half of tfjs-node-gpu lacks and TensorFlow has, or that it does otherwise than
 * TensorFlow.js' own specs ask.
 *
 * @module
 */
import { type Kernel, registerKernels } from "./_kernel.ts";
import { convolution } from "./convolution.ts";
import { counting } from "./counting.ts";
import { einsum } from "./einsum.ts";
import { elementwise } from "./elementwise.ts";
import { image } from "./image.ts";
import { pooling } from "./pooling.ts";
import { ragged } from "./ragged.ts";
import { reduction } from "./reduction.ts";
import { sampling } from "./sampling.ts";
import { scattering } from "./scattering.ts";
import { sparse } from "./sparse.ts";
import { strings } from "./strings.ts";

const ALL: Kernel[] = [
  ...convolution,
  ...counting,
  ...einsum,
  ...elementwise,
  ...image,
  ...pooling,
  ...ragged,
  ...reduction,
  ...sampling,
  ...scattering,
  ...sparse,
  ...strings,
];

registerKernels(ALL);
