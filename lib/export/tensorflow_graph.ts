import { AttributeType, DataType } from "../tensorflow/data_type.ts";
import type { Attribute, TensorAttribute } from "../tensorflow/attributes.ts";
import type { RecordedOperation, RecordedProgram, RecordedTensor } from "../tensorflow/record_operations.ts";

/** The value of an attribute of a node, by its kind in TensorFlow's `AttrValue`. Types are `DataType`'s numbers. */
export type NodeAttribute =
  | { s: string }
  | { i: number }
  | { f: number }
  | { b: boolean }
  | { type: number }
  | { shape: readonly number[] }
  | { tensor: TensorAttribute }
  | { list: { i: readonly number[] } | { f: readonly number[] } | { type: readonly number[] } };

/** An operation of a TensorFlow graph (`NodeDef`). */
export interface GraphNode {
  name: string;
  /** TensorFlow's name for the operation, such as `Conv2D`. */
  operation: string;
  /** Nodes by name; their first output is meant. */
  inputs: readonly string[];
  attributes: Readonly<Record<string, NodeAttribute>>;
}

/** A tensor that a graph takes or gives. */
export interface GraphValue {
  /** The node whose first output it is. */
  node: string;
  dtype: number;
  /** Sizes; -1 where one is free. */
  shape: readonly number[];
}

/** A graph of TensorFlow's operations, from images to named outputs. */
export interface TensorFlowGraph {
  /** In an order in which they can run. */
  nodes: readonly GraphNode[];
  input: GraphValue;
  outputs: Readonly<Record<string, GraphValue>>;
}

/** What the input is called. */
export const INPUT = "images";

/**
 * A recorded program over images as a TensorFlow graph, in which the number of images is free. Its input is `images`
 * [n, height, width, channels] in 0..255; each output is a node of its name.
 *
 * @param options `inputType`: the type of the images, `FLOAT` or `UINT8`.
 * @throws {Error} For an operation that needs the number of images in another place than a new shape.
 */
export function tensorflowGraph(
  program: RecordedProgram,
  { inputType }: { inputType: number },
): TensorFlowGraph {
  const nodes: GraphNode[] = [];
  const names = new Map<number, string>();
  const [pixels] = program.inputs;
  const input = { node: INPUT, dtype: inputType, shape: ofAnyNumber(pixels!.shape) };
  nodes.push({
    ...{ name: INPUT, operation: "Placeholder", inputs: [] },
    attributes: { dtype: { type: inputType }, shape: { shape: input.shape } },
  });
  names.set(pixels!.id, INPUT);
  if (inputType !== DataType.FLOAT) {
    names.set(pixels!.id, "pixels");
    nodes.push({
      ...{ name: "pixels", operation: "Cast", inputs: [INPUT] },
      attributes: { SrcT: { type: inputType }, DstT: { type: DataType.FLOAT } },
    });
  }

  const nameOf = (tensor: RecordedTensor, values = tensor.values): string => {
    const known = names.get(tensor.id);
    if (known !== undefined) return known;
    if (values === null) throw new Error(`The tensor ${tensor.id} is made by nothing`);
    const name = `constants/${tensor.id}`;
    names.set(tensor.id, name);
    const { shape, dtype } = tensor;
    nodes.push({
      ...{ name, operation: "Const", inputs: [] },
      attributes: { dtype: { type: dtype }, value: { tensor: { shape, dtype, values } } },
    });
    return name;
  };
  for (const [i, operation] of program.operations.entries()) {
    const inputs = operation.inputs.map((tensor, place) =>
      nameOf(tensor, place === 1 && operation.name === "Reshape" ? newShape(operation) : tensor.values)
    );
    const name = `${operation.name}_${i}`;
    names.set(operation.outputs[0]!.id, name);
    nodes.push({ name, operation: operation.name, inputs, attributes: attributesOf(operation) });
  }
  const outputs = Object.entries(program.outputs).map(([name, tensor]) => {
    nodes.push({
      ...{ name, operation: "Identity", inputs: [nameOf(tensor)] },
      attributes: { T: { type: tensor.dtype } },
    });
    return [name, { node: name, dtype: tensor.dtype, shape: ofAnyNumber(tensor.shape) }] as const;
  });
  return { nodes, input, outputs: Object.fromEntries(outputs) };
}

/** The shape that images are brought to, whatever their number. */
function newShape({ inputs: [x, shape], outputs: [y] }: RecordedOperation): Int32Array {
  if (x!.shape[0] !== y!.shape[0]) {
    throw new Error(`Reshape of [${x!.shape}] to [${y!.shape}] is not provided for`);
  }
  return Int32Array.from([-1, ...Array.from(shape!.values as ArrayLike<number>, Number).slice(1)]);
}

function ofAnyNumber([, ...sizes]: readonly number[]): number[] {
  return [-1, ...sizes];
}

function attributesOf({ name, attributes, inputs }: RecordedOperation): Record<string, NodeAttribute> {
  const given = Object.fromEntries(attributes.map((attribute) => [attribute.name, valueOf(attribute)]));
  return name === "ConcatV2" ? { ...given, N: { i: inputs.length - 1 } } : given;
}

function valueOf({ name, type, value }: Attribute): NodeAttribute {
  const list = Array.isArray(value) || ArrayBuffer.isView(value)
    ? Array.from(value as unknown as ArrayLike<number>, Number)
    : null;
  switch (type) {
    case AttributeType.STRING:
      return { s: String(value) };
    case AttributeType.INT:
      return list ? { list: { i: list } } : { i: Number(value) };
    case AttributeType.FLOAT:
      return list ? { list: { f: list } } : { f: Number(value) };
    case AttributeType.BOOL:
      return { b: Boolean(value) };
    case AttributeType.TYPE:
      return list ? { list: { type: list } } : { type: Number(value) };
    case AttributeType.SHAPE:
      return { shape: list! };
    default:
      throw new Error(`The attribute ${name} of kind ${type} is not provided for`);
  }
}
