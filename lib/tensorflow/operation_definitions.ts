import { tensorflow } from "./library.ts";
import { readBuffer } from "./memory.ts";

/** An input of an operation: a single tensor, or a list whose length an attribute gives. */
export interface InputDefinition {
  list: boolean;
  /** The INT attribute that holds the list's length, or the TYPE list attribute that is as long as it. */
  lengthAttribute: string | null;
}

let definitions: Map<string, Uint8Array> | undefined;

/**
 * The inputs of an operation in order, as TensorFlow defines it (`OpDef` in `op_def.proto`).
 *
 * @throws {Error} Where TensorFlow has no operation of that name.
 */
export function inputDefinitions(operation: string): InputDefinition[] {
  definitions ??= readDefinitions();
  const definition = definitions.get(operation);
  if (!definition) throw new Error(`TensorFlow has no operation named ${operation}`);
  const inputs: InputDefinition[] = [];
  for (const { field, bytes } of fieldsOf(definition)) {
    if (field !== INPUT_ARGUMENT) continue;
    let lengthAttribute: string | null = null;
    for (const argument of fieldsOf(bytes)) {
      if (argument.field === NUMBER_ATTRIBUTE || argument.field === TYPE_LIST_ATTRIBUTE) {
        lengthAttribute = decoder.decode(argument.bytes);
      }
    }
    inputs.push({ list: lengthAttribute !== null, lengthAttribute });
  }
  return inputs;
}

/** Whether TensorFlow has an operation of that name; else it is a function that was added to the context. */
export function isOperation(name: string): boolean {
  return (definitions ??= readDefinitions()).has(name);
}

const decoder = new TextDecoder();
const NAME = 1;
const INPUT_ARGUMENT = 2;
const NUMBER_ATTRIBUTE = 5;
const TYPE_LIST_ATTRIBUTE = 6;

function readDefinitions(): Map<string, Uint8Array> {
  const api = tensorflow();
  const buffer = api.TF_GetAllOpList()!;
  const bytes = readBuffer(buffer);
  api.TF_DeleteBuffer(buffer);
  const found = new Map<string, Uint8Array>();
  for (const { bytes: definition } of fieldsOf(bytes)) {
    for (const { field, bytes: name } of fieldsOf(definition)) {
      if (field === NAME) found.set(decoder.decode(name), definition);
      break;
    }
  }
  return found;
}

/** Walks over the fields of a protobuf message; those that are not length-delimited have no bytes. */
function* fieldsOf(message: Uint8Array): Generator<{ field: number; bytes: Uint8Array }> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const wire = tag & 7;
    let length = 0;
    if (wire === 0) varint();
    else length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
    yield { field: tag >>> 3, bytes: message.subarray(at, at + length) };
    at += length;
  }
}
