import { AttributeType } from "./data_type.ts";
import { tensorflow } from "./library.ts";
import { addressOfBuffer } from "./memory.ts";
import { deleteTensor, newTensor, type TensorValues } from "./tensor_handle.ts";
import { check, cString, status } from "./status.ts";

/** An attribute of an operation, as TensorFlow.js describes it (`TFEOpAttr`): `type` is an {@linkcode AttributeType}. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** The value of a TENSOR attribute. */
export interface TensorAttribute {
  shape: readonly number[];
  dtype: number;
  values: TensorValues;
}

/** What an attribute is set on: an operation to be run at once, or one being added to a graph. */
export type AttributeTarget = "TFE_OpSetAttr" | "TF_SetAttr";

/**
 * Sets an attribute. Arrays of numbers, booleans or texts set list attributes; for SHAPE an array is one shape
 * and an array of arrays a list of shapes.
 *
 * @throws {Error} For a kind of attribute that TensorFlow.js does not use, for a value of another kind, and with
 * TensorFlow's own message.
 */
export function setAttribute(
  target: AttributeTarget,
  operation: Deno.PointerValue,
  { name, type, value }: Attribute,
): void {
  const api = tensorflow();
  const key = cString(name);
  const valid = VALID[type];
  if (valid && ![value].flat().every((element) => ArrayBuffer.isView(element) || valid(element))) {
    throw new Error(`Attribute ${name} is of kind ${type}, which cannot be ${JSON.stringify(value)}`);
  }
  switch (type) {
    case AttributeType.STRING:
      if (Array.isArray(value)) {
        const texts = value.map((text) => encoder.encode(String(text)));
        const lengths = BigUint64Array.from(texts, (text) => BigInt(text.length));
        api[`${target}StringList`](operation, key, pointersTo(texts), lengths, texts.length);
      } else {
        const bytes = value instanceof Uint8Array
          ? value as Uint8Array<ArrayBuffer>
          : encoder.encode(String(value));
        api[`${target}String`](operation, key, bytes, BigInt(bytes.length));
      }
      break;
    case AttributeType.INT:
      if (isList(value)) {
        const list = BigInt64Array.from(value as number[], integer);
        api[`${target}IntList`](operation, key, list, list.length);
      } else {
        api[`${target}Int`](operation, key, integer(value as number));
      }
      break;
    case AttributeType.FLOAT:
      if (isList(value)) {
        const list = Float32Array.from(value as number[]);
        api[`${target}FloatList`](operation, key, list, list.length);
      } else {
        api[`${target}Float`](operation, key, value as number);
      }
      break;
    case AttributeType.BOOL:
      if (isList(value)) {
        const list = Uint8Array.from(value as boolean[], Number);
        api[`${target}BoolList`](operation, key, list, list.length);
      } else {
        api[`${target}Bool`](operation, key, value ? 1 : 0);
      }
      break;
    case AttributeType.TYPE:
      if (isList(value)) {
        const list = Int32Array.from(value as number[]);
        api[`${target}TypeList`](operation, key, list, list.length);
      } else {
        api[`${target}Type`](operation, key, value as number);
      }
      break;
    case AttributeType.SHAPE:
      setShape(target, operation, key, value as number[] | number[][]);
      break;
    case AttributeType.TENSOR: {
      const { shape, dtype, values } = value as TensorAttribute;
      const tensor = newTensor(shape, dtype, values);
      api[`${target}Tensor`](operation, key, tensor, status());
      deleteTensor(tensor);
      break;
    }
    case AttributeType.FUNCTION: {
      const bytes = encoder.encode(String(value));
      api.TFE_OpSetAttrFunctionName(operation, key, bytes, BigInt(bytes.length));
      break;
    }
    default:
      throw new Error(`Attribute ${name} is of kind ${type}, which operations of TensorFlow.js do not have`);
  }
  check(`Attribute ${name}`);
}

const encoder = new TextEncoder();

/** Whether a value, or an element of a list, is one of its kind of attribute. */
const VALID: Readonly<Record<number, (value: unknown) => boolean>> = {
  [AttributeType.STRING]: (value) => typeof value === "string",
  [AttributeType.INT]: isNumber,
  [AttributeType.FLOAT]: isNumber,
  [AttributeType.BOOL]: (value) => typeof value === "boolean",
  [AttributeType.TYPE]: isNumber,
};

function isNumber(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function setShape(
  target: AttributeTarget,
  operation: Deno.PointerValue,
  key: Uint8Array<ArrayBuffer>,
  value: number[] | number[][],
): void {
  const api = tensorflow();
  if (Array.isArray(value[0])) {
    const shapes = (value as number[][]).map((shape) => BigInt64Array.from(shape, BigInt));
    const ranks = Int32Array.from(shapes, (shape) => shape.length);
    const places = pointersTo(shapes);
    if (target === "TF_SetAttr") api.TF_SetAttrShapeList(operation, key, places, ranks, shapes.length);
    else api.TFE_OpSetAttrShapeList(operation, key, places, ranks, shapes.length, status());
    return;
  }
  const shape = BigInt64Array.from(value as number[], BigInt);
  if (target === "TF_SetAttr") api.TF_SetAttrShape(operation, key, shape, shape.length);
  else api.TFE_OpSetAttrShape(operation, key, shape, shape.length, status());
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

function integer(value: number): bigint {
  return BigInt(Math.trunc(Number(value)));
}

function pointersTo(buffers: readonly ArrayBufferView<ArrayBuffer>[]): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.from(buffers, addressOfBuffer);
}
