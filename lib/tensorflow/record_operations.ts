import type { Attribute } from "./attributes.ts";
import { backend, binding, tf } from "./backend.ts";
import type { TensorValues } from "./tensor_handle.ts";

/** A tensor of a recorded program. */
export interface RecordedTensor {
  id: number;
  /** Its sizes when it was recorded. */
  shape: readonly number[];
  /** TensorFlow's number for its type, one of `DataType`. */
  dtype: number;
  /** Its values, row by row, where they do not depend on the program's inputs; else null. */
  values: TensorValues | null;
}

/** An operation of a recorded program, as TensorFlow defines it. */
export interface RecordedOperation {
  /** TensorFlow's name for it, such as `Conv2D`. */
  name: string;
  attributes: readonly Attribute[];
  inputs: readonly RecordedTensor[];
  outputs: readonly RecordedTensor[];
}

/** What a function over tensors does, in TensorFlow's operations. */
export interface RecordedProgram {
  inputs: readonly RecordedTensor[];
  /** In an order in which they can run; each is needed by an output. */
  operations: readonly RecordedOperation[];
  outputs: Readonly<Record<string, RecordedTensor>>;
}

/**
 * Runs a function over tensors once and records the operations that its outputs need. What does not depend on its
 * inputs, such as weights and what is worked out of them, is recorded as values.
 *
 * @param inputs Tensors to run it with: the program is that of their shapes and types.
 * @throws {Error} Where an output does not depend on the inputs.
 */
export function recordOperations<Inputs extends tf.Tensor[]>(
  work: (...inputs: Inputs) => Readonly<Record<string, tf.Tensor>>,
  inputs: Inputs,
): RecordedProgram {
  const known = new Map<number, RecordedTensor>();
  const operations: RecordedOperation[] = [];
  const note = (id: number, values: TensorValues | null): RecordedTensor => {
    const tensor = { id, shape: [...binding.shape(id)], dtype: binding.dtype(id), values };
    known.set(id, tensor);
    return tensor;
  };
  let program: RecordedProgram;
  tf.tidy(() => {
    const given = inputs.map((input) => note(idOf(input), null));
    const outputs = binding.whileListening(({ name, attributes, inputs, outputs }) => {
      if (!inputs.some((id) => known.get(id)?.values === null)) return;
      operations.push({
        name,
        attributes,
        inputs: inputs.map((id) => known.get(id) ?? note(id, binding.tensorDataSync(id))),
        outputs: outputs.map(({ id }) => note(id, null)),
      });
    }, () => work(...inputs));
    const named = Object.entries(outputs).map(([name, tensor]) => {
      const output = known.get(idOf(tensor));
      if (output?.values !== null) throw new Error(`${name} does not depend on what is given`);
      return [name, output] as const;
    });
    program = {
      inputs: given,
      operations: needed(operations, named.map(([, output]) => output.id)),
      outputs: Object.fromEntries(named),
    };
  });
  return program!;
}

/** The operations that some tensors need. */
function needed(operations: readonly RecordedOperation[], ids: readonly number[]): RecordedOperation[] {
  const wanted = new Set(ids);
  return operations.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some(({ id }) => wanted.has(id))) return false;
    for (const { id } of inputs) wanted.add(id);
    return true;
  }).reverse();
}

function idOf(tensor: tf.Tensor): number {
  return backend().getInputTensorIds([tensor])[0]!;
}
