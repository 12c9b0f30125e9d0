import type { Attribute } from "../tensorflow/attributes.ts";
import type { RecordedOperation, RecordedProgram, RecordedTensor } from "../tensorflow/record_operations.ts";
import type { OnnxModel, OnnxNode } from "../weight_files/onnx_model.ts";
import type { StoredTensor } from "../weight_files/stored_tensor.ts";
import { transposed } from "../weight_files/transposed.ts";

/** The graph of an ONNX model, without what is said about it. */
export type OnnxGraph = Pick<OnnxModel, "nodes" | "constants" | "inputs" | "outputs">;

/** The axes of an image tensor of TensorFlow in ONNX' order, [n, c, h, w]. */
const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

/**
 * A recorded program over grey images as an ONNX graph. Its input `images` is uint8 [n, 1, height, width]; outputs with
 * four axes are [n, channels, height, width], and n is free. Convolutions take the padding that TensorFlow's `SAME`
 * means, which has one zero more below and to the right where its number is odd.
 *
 * @param options With `F32`, the input is float32, and n is what the program was recorded with, which is faster.
 * @throws {Error} For an operation that no network of the project has needed yet.
 */
export function onnxGraph(
  program: RecordedProgram,
  { input = "U8" }: { input?: "U8" | "F32" } = {},
): OnnxGraph {
  const writer = new GraphWriter(program);
  const [pixels] = program.inputs;
  const [images, height, width, channels] = pixels!.shape;
  const count = input === "U8" ? "n" : images!;
  if (input === "U8") writer.add("Cast", ["images"], { to: 1 }, pixels!);
  else writer.call(pixels!, "images");
  for (const operation of program.operations) {
    const convert = CONVERSIONS[operation.name];
    if (!convert) {
      throw new Error(`${operation.name} is not among the operations that ONNX files are made of`);
    }
    convert(writer, operation);
  }
  return {
    nodes: writer.nodes,
    constants: writer.constants,
    inputs: [{ name: "images", dtype: input, shape: [count, channels!, height!, width!] }],
    outputs: Object.entries(program.outputs).map(([name, { shape }]) => ({
      name,
      dtype: "F32",
      shape: [count, ...inOnnxOrder(shape).slice(1)],
    })),
  };
}

/** The graph so far, and what tensors are called in it. */
class GraphWriter {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, StoredTensor>();
  readonly #names = new Map<number, string>();
  readonly #uses = new Map<number, number>();

  constructor({ operations, outputs }: RecordedProgram) {
    for (const [name, { id }] of Object.entries(outputs)) {
      this.#names.set(id, name);
      this.#uses.set(id, 1);
    }
    for (const { inputs } of operations) {
      for (const { id } of inputs) this.#uses.set(id, (this.#uses.get(id) ?? 0) + 1);
    }
  }

  /** Adds a node whose only output is a tensor of the program, or a new one; returns the output's name. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: NonNullable<OnnxNode["attributes"]>,
    output?: RecordedTensor,
  ): string {
    const name = output ? this.name(output) : `${operator}_${this.nodes.length}`;
    this.nodes.push({ operator, inputs, outputs: [name], attributes });
    return name;
  }

  /** What a tensor that depends on the images is called. */
  name({ id }: RecordedTensor): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = `t${id}`;
    this.#names.set(id, name);
    return name;
  }

  /** Says what a tensor is called. */
  call({ id }: RecordedTensor, name: string): void {
    this.#names.set(id, name);
  }

  /** Takes two tensors for one. */
  alias(output: RecordedTensor, input: RecordedTensor): void {
    this.#names.set(output.id, this.name(input));
  }

  /** Adds a constant and returns its name. */
  constant(tensor: StoredTensor): string {
    const name = `c${this.constants.size}`;
    this.constants.set(name, tensor);
    return name;
  }

  /** A constant or a tensor, as an operation by elements takes it beside `other`. */
  operand(tensor: RecordedTensor, other: RecordedTensor): string {
    if (!tensor.values) return this.name(tensor);
    const { shape, data } = floatsOf(tensor);
    const isByChannel = shape.length === 1 && other.shape.length === 4;
    if (shape.length > 1) {
      throw new Error(`A constant [${shape}] beside [${other.shape}] is not provided for`);
    }
    return this.constant({ dtype: "F32", shape: isByChannel ? [shape[0]!, 1, 1] : shape, data });
  }

  /** The node that makes a tensor, where nothing else needs it. */
  onlyMaker(tensor: RecordedTensor): { node: OnnxNode; index: number } | null {
    const name = this.name(tensor);
    const index = this.nodes.findLastIndex(({ outputs }) => outputs.includes(name));
    return this.#uses.get(tensor.id) === 1 && index >= 0 ? { node: this.nodes[index]!, index } : null;
  }
}

type Conversion = (writer: GraphWriter, operation: RecordedOperation) => void;

const byElements = (operator: string): Conversion => (writer, { inputs: [a, b], outputs: [y] }) => {
  writer.add(operator, [writer.operand(a!, b!), writer.operand(b!, a!)], {}, y);
};
const ofOne = (operator: string): Conversion => (writer, { inputs: [x], outputs: [y] }) => {
  writer.add(operator, [writer.name(x!)], {}, y);
};
const pool = (operator: string): Conversion => (writer, operation) => {
  const { inputs: [x], outputs: [y] } = operation;
  const size = inSpace(operation, "ksize");
  writer.add(operator, [writer.name(x!)], {
    kernel_shape: size,
    strides: inSpace(operation, "strides"),
    pads: padsOf(operation, size),
  }, y);
};

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  Add: byElements("Add"),
  AddV2: byElements("Add"),
  Sub: byElements("Sub"),
  Mul: byElements("Mul"),
  RealDiv: byElements("Div"),
  Maximum: byElements("Max"),
  Minimum: byElements("Min"),
  Relu: ofOne("Relu"),
  Sigmoid: ofOne("Sigmoid"),
  MaxPool: pool("MaxPool"),
  AvgPool: pool("AveragePool"),
  Relu6(writer, { inputs: [x], outputs: [y] }) {
    const [low, high] = [0, 6].map((bound) => writer.constant(floats([], [bound])));
    writer.add("Clip", [writer.name(x!), low!, high!], {}, y);
  },
  /** From float to float, as TensorFlow.js asks for before a mean. */
  Cast(writer, operation) {
    const { inputs: [x], outputs: [y] } = operation;
    if (x!.dtype !== y!.dtype) throw new Error("Cast: only to the same type is provided for");
    writer.alias(y!, x!);
  },
  Conv2D(writer, operation) {
    convolve(writer, operation, { order: [3, 2, 0, 1], group: 1 });
  },
  DepthwiseConv2dNative(writer, operation) {
    const [, , channels, multiplier] = operation.inputs[1]!.shape;
    if (multiplier !== 1) throw new Error("DepthwiseConv2dNative: a multiplier is not provided for");
    convolve(writer, operation, { order: [2, 3, 0, 1], group: channels! });
  },
  BiasAdd(writer, { inputs: [x, bias], outputs: [y] }) {
    const maker = writer.onlyMaker(x!);
    if (maker?.node.operator !== "Conv" || maker.node.inputs.length !== 2) {
      writer.add("Add", [writer.name(x!), writer.operand(bias!, x!)], {}, y);
      return;
    }
    const inputs = [...maker.node.inputs, writer.constant(floatsOf(bias!))];
    writer.nodes[maker.index] = { ...maker.node, inputs, outputs: [writer.name(y!)] };
  },
  FusedBatchNormV3(writer, operation) {
    const { inputs: [x, ...given], outputs: [y] } = operation;
    writer.add(
      "BatchNormalization",
      [writer.name(x!), ...given.map((tensor) => writer.constant(floatsOf(tensor)))],
      { epsilon: { float: attribute<number>(operation, "epsilon") } },
      y,
    );
  },
  ConcatV2(writer, { inputs, outputs: [y] }) {
    const axis = Number(inputs.at(-1)!.values![0]);
    const parts = inputs.slice(0, -1);
    writer.add("Concat", parts.map((part) => writer.name(part)), { axis: inOnnxAxis(axis, y!) }, y);
  },
  Tile(writer, { inputs: [x, multiples], outputs: [y] }) {
    writer.add(
      "Tile",
      [
        writer.name(x!),
        writer.constant(integers(inOnnxOrder(numbersOf(multiples!)))),
      ],
      {},
      y,
    );
  },
  PadV2(writer, { inputs: [x, paddings, value], outputs: [y] }) {
    const given = numbersOf(paddings!);
    const sides = [0, 1].map((end) => inOnnxOrder(given.filter((_, i) => i % 2 === end)));
    writer.add(
      "Pad",
      [
        writer.name(x!),
        writer.constant(integers(sides.flat())),
        writer.constant(floatsOf(value!)),
      ],
      {},
      y,
    );
  },
  Mean(writer, operation) {
    const { inputs: [x, axes], outputs: [y] } = operation;
    if (numbersOf(axes!).join() !== "1,2" || x!.shape.length !== 4 || y!.shape.length !== 2) {
      throw new Error(`Mean over the axes ${numbersOf(axes!)} of [${x!.shape}] is not provided for`);
    }
    writer.add("Flatten", [writer.add("GlobalAveragePool", [writer.name(x!)], {})], { axis: 1 }, y);
  },
  /** To one row an image, in TensorFlow's order. */
  Reshape(writer, { inputs: [x], outputs: [y] }) {
    if (y!.shape.length !== 2 || y!.shape[0] !== x!.shape[0]) {
      throw new Error(`Reshape of [${x!.shape}] to [${y!.shape}] is not provided for`);
    }
    const name = writer.name(x!);
    const isImage = x!.shape.length === 4;
    const rows = isImage ? writer.add("Transpose", [name], { perm: TO_CHANNELS_LAST }) : name;
    writer.add("Flatten", [rows], { axis: 1 }, y);
  },
  BatchMatMulV2: matMul,
  MatMul: matMul,
};

function matMul(writer: GraphWriter, { inputs: [x, kernel], outputs: [y] }: RecordedOperation): void {
  writer.add("MatMul", [writer.name(x!), writer.constant(floatsOf(kernel!))], {}, y);
}

function convolve(
  writer: GraphWriter,
  operation: RecordedOperation,
  { order, group }: { order: readonly number[]; group: number },
): void {
  const { inputs: [x, kernel], outputs: [y] } = operation;
  const size = kernel!.shape.slice(0, 2);
  writer.add("Conv", [writer.name(x!), writer.constant(transposed(floatsOf(kernel!), order))], {
    kernel_shape: size,
    strides: inSpace(operation, "strides"),
    pads: padsOf(operation, size),
    group,
  }, y);
}

/** The zeros above, left, below and right that `padding` means. */
function padsOf(operation: RecordedOperation, size: readonly number[]): number[] {
  if (attribute<string>(operation, "padding") === "VALID") return [0, 0, 0, 0];
  const [x] = operation.inputs;
  const strides = inSpace(operation, "strides");
  const totals = size.map((length, axis) => {
    const [input, stride] = [x!.shape[axis + 1]!, strides[axis]!];
    return Math.max((Math.ceil(input / stride) - 1) * stride + length - input, 0);
  });
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, axis) => total - before[axis]!)];
}

/** The height's and the width's entry of an attribute that has one for each of four axes. */
function inSpace(operation: RecordedOperation, name: string): number[] {
  return [...attribute<number[]>(operation, name)].slice(1, 3);
}

function attribute<T>({ name: operation, attributes }: RecordedOperation, name: string): T {
  const found: Attribute | undefined = attributes.find((each) => each.name === name);
  if (!found) throw new Error(`${operation} has no attribute ${name}`);
  return found.value as T;
}

/** What belongs to the axes of a tensor, in ONNX' order. */
function inOnnxOrder<T>(axes: readonly T[]): T[] {
  return axes.length === 4 ? TO_CHANNELS_FIRST.map((axis) => axes[axis]!) : [...axes];
}

function inOnnxAxis(axis: number, { shape }: RecordedTensor): number {
  return shape.length === 4 ? TO_CHANNELS_FIRST.indexOf(axis) : axis;
}

function numbersOf({ values }: RecordedTensor): number[] {
  return Array.from(values as ArrayLike<number>, Number);
}

function floatsOf({ shape, values }: RecordedTensor): StoredTensor & { dtype: "F32" } {
  if (!(values instanceof Float32Array)) throw new Error("A constant of floats is expected");
  return { dtype: "F32", shape: [...shape], data: values as Float32Array<ArrayBuffer> };
}

function floats(shape: number[], values: number[]): StoredTensor {
  return { dtype: "F32", shape, data: Float32Array.from(values) };
}

function integers(values: readonly number[]): StoredTensor {
  return { dtype: "I64", shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}
