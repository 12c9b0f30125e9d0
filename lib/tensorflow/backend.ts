import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { Binding } from "./binding.ts";
import type { NodeBackend } from "./node_backend.ts";

// tfjs-node-gpu 4.22 calls two functions of node:util that Node 23 and Deno no longer have.
const utilities = util as unknown as Record<string, unknown>;
utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
utilities.isArray ??= Array.isArray;

const { NodeJSKernelBackend } = await import("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js");
await import("@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js");
await import("./kernels/mod.ts");

/** TensorFlow's C library as TensorFlow.js' node backend sees it. */
export const binding = new Binding();

tf.registerBackend("tensorflow", newBackend, 3);
tf.setBackend("tensorflow");

/** The constructor asks whether there is a GPU; the library is to be loaded by the first operation, not by an import. */
function newBackend(): tf.KernelBackend {
  const stand = { isUsingGpuDevice: () => false } as ConstructorParameters<typeof NodeJSKernelBackend>[0];
  const made = new NodeJSKernelBackend(stand, "@tensorflow/tfjs-node-gpu");
  Object.defineProperty(made, "isUsingGpuDevice", { get: () => binding.isUsingGpuDevice() });
  return Object.assign(made, { binding }) as unknown as tf.KernelBackend;
}

/** TensorFlow.js' backend over {@linkcode binding}. */
export function backend(): NodeBackend {
  return tf.backend() as NodeBackend;
}

export { tf };
