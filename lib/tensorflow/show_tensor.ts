import type { Tensor } from "@tensorflow/tfjs";
import { tf } from "./backend.ts";

const JUPYTER = Symbol.for("Jupyter.display");
const CONSOLE = Symbol.for("Deno.customInspect");

/**
 * Lets a tensor show its type, shape and values, as the last value of a notebook's cell and in `console.log`, instead of its
 * internals. Of a large one the edges are shown.
 */
export function letTensorsShow(): void {
  Object.defineProperties(tf.Tensor.prototype, {
    [JUPYTER]: {
      configurable: true,
      value(this: Tensor) {
        return { "text/plain": describeTensor(this) };
      },
    },
    [CONSOLE]: {
      configurable: true,
      value(this: Tensor) {
        return describeTensor(this);
      },
    },
  });
}

/** A tensor's type, shape and values, such as `float32 [2, 2]` and a line a row. */
export function describeTensor(tensor: Tensor): string {
  const head = `Tensor ${tensor.dtype} [${tensor.shape.join(", ")}]`;
  if (tensor.isDisposed) return `${head}, disposed`;
  try {
    return `${head}\n${tensor.toString().replace(/^Tensor\n/, "")}`;
  } catch {
    return `${head}, without values while a graph is traced`;
  }
}
