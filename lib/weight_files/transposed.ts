import type { StoredTensor } from "./stored_tensor.ts";

/** A tensor of float32 with its axes in another order: `order` lists the old axes. Other tensors stay as they are. */
export function transposed(tensor: StoredTensor, order: readonly number[]): StoredTensor {
  if (tensor.dtype !== "F32" || order.every((axis, i) => axis === i)) return tensor;
  const { shape, data } = tensor;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const newShape = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const values = new Float32Array(data.length);
  const index = newShape.map(() => 0);
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    values[to] = data[from]!;
    for (let axis = newShape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < newShape[axis]!) break;
      from -= steps[axis]! * newShape[axis]!;
      index[axis] = 0;
    }
  }
  return { dtype: "F32", shape: newShape, data: values };
}
