import { type Attribute, setAttribute } from "./attributes.ts";
import { eagerContext } from "./context.ts";
import { tensorflow } from "./library.ts";
import { pointerTo } from "./memory.ts";
import { check, cString, newStatus, status } from "./status.ts";

/** The most outputs that one operation or traced graph can have. */
const MOST_OUTPUTS = 4096;

const outputs = new BigUint64Array(MOST_OUTPUTS);
const count = new Int32Array(1);

/**
 * Runs an operation, or a function that was added to the context, at once.
 *
 * @param name TensorFlow's name for the operation, such as `Conv2D`.
 * @param inputs Tensor handles; the tensors of an input list follow each other.
 * @returns A new handle for each output.
 * @throws {Error} With the operation's name and TensorFlow's own message.
 */
export function execute(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly Deno.PointerObject[],
): Deno.PointerObject[] {
  return (substitute ?? executeNow)(name, attributes, inputs);
}

/** What runs operations: what {@linkcode execute} does. */
export type Execute = typeof execute;

let substitute: Execute | null = null;

/** Has all operations and functions run by something else, until it is told null. */
export function substituteExecute(by: Execute | null): void {
  substitute = by;
}

/** What {@linkcode execute} does where nothing takes its place. */
export function executeNow(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly Deno.PointerObject[],
): Deno.PointerObject[] {
  const api = tensorflow();
  const operation = newOperation(name, attributes, inputs);
  count[0] = MOST_OUTPUTS;
  api.TFE_Execute(operation, outputs, count, status());
  api.TFE_DeleteOp(operation);
  check(name);
  return handlesIn(outputs, count[0]);
}

/** Does what {@linkcode execute} does on another thread, so that JavaScript goes on meanwhile. */
export async function executeOffThread(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly Deno.PointerObject[],
): Promise<Deno.PointerObject[]> {
  if (substitute) return substitute(name, attributes, inputs);
  const api = tensorflow();
  const operation = newOperation(name, attributes, inputs);
  const outputs = new BigUint64Array(MOST_OUTPUTS);
  const count = Int32Array.of(MOST_OUTPUTS);
  const ownStatus = newStatus();
  try {
    await api.executeOffThread(operation, outputs, count, ownStatus);
    api.TFE_DeleteOp(operation);
    check(name, ownStatus);
  } finally {
    api.TF_DeleteStatus(ownStatus);
  }
  return handlesIn(outputs, count[0]!);
}

function newOperation(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly Deno.PointerObject[],
): Deno.PointerObject {
  const api = tensorflow();
  const operation = api.TFE_NewOp(eagerContext(), cString(name), status());
  check(name);
  try {
    for (const input of inputs) api.TFE_OpAddInput(operation, input, status());
    check(name);
    for (const attribute of attributes) setAttribute("TFE_OpSetAttr", operation, attribute);
  } catch (error) {
    api.TFE_DeleteOp(operation);
    throw error;
  }
  return operation!;
}

function handlesIn(places: BigUint64Array, count: number): Deno.PointerObject[] {
  return Array.from({ length: count }, (_, i) => pointerTo(places[i]!)!);
}
