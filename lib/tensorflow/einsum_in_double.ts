import type { Attribute } from "./attributes.ts";
import { backend, binding, type tf } from "./backend.ts";
import { AttributeType, DataType } from "./data_type.ts";

/**
 * `tf.einsum` of two float32 tensors, computed in float64 and rounded once at its end: for sums in which large terms
 * nearly cancel. It has no gradient.
 *
 * @example
 * ```ts
 * import { einsumInDouble, tf } from "./mod.ts";
 *
 * einsumInDouble("i,i->", tf.tensor1d([1e8, 1, -1e8]), tf.ones([3])).print(); // 1, where float32 gives 0
 * ```
 */
export function einsumInDouble(equation: string, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const operands = backend().getInputTensorIds([a, b]).map((id) => cast(id, DataType.FLOAT, DataType.DOUBLE));
  const product = only("Einsum", [
    { name: "N", type: AttributeType.INT, value: 2 },
    { name: "equation", type: AttributeType.STRING, value: equation },
    { name: "T", type: AttributeType.TYPE, value: DataType.DOUBLE },
  ], operands);
  const rounded = binding.executeOp("Cast", castAttributes(DataType.DOUBLE, DataType.FLOAT), [product], 1);
  for (const id of [...operands, product]) binding.deleteTensor(id);
  return backend().createOutputTensor(rounded[0]!);
}

function cast(id: number, from: number, to: number): number {
  return only("Cast", castAttributes(from, to), [id]);
}

function castAttributes(from: number, to: number): Attribute[] {
  return [
    { name: "SrcT", type: AttributeType.TYPE, value: from },
    { name: "DstT", type: AttributeType.TYPE, value: to },
  ];
}

/** The id of an operation's one result. */
function only(name: string, attributes: Attribute[], inputs: number[]): number {
  return binding.executeOp(name, attributes, inputs, 1)[0]!.id;
}
