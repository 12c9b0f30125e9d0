import { elementCount, type StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { wave } from "./_formula.ts";

/** A weight by PyTorch's name and shape, as tests/oracles/torch_networks.py and torch_saves.py compute it. */
export function torchFormula(name: string, shape: readonly number[]): StoredTensor {
  const [offset, factor] = scaleOf(name.split(".").at(-1)!, shape);
  const data = Float32Array.from(wave(name, elementCount(shape)), (value) => offset + factor * value);
  return { dtype: "F32", shape, data };
}

function scaleOf(kind: string, shape: readonly number[]): [offset: number, factor: number] {
  if (kind === "running_mean" || kind === "bias") return [0, 0.1];
  if (kind === "running_var") return [1, 0.3];
  return shape.length === 1 ? [1, 0.1] : [0, 2 / Math.sqrt(elementCount(shape.slice(1)))];
}
