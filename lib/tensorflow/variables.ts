import { backend, binding, tf } from "./backend.ts";
import { shareHandle } from "./tensor_handle.ts";

/** Gives a variable the value with an id of the binding. */
export function setId(variable: tf.Variable, id: number): void {
  const value = backend().createOutputTensor({ id, shape: variable.shape, dtype: binding.dtype(id) });
  variable.assign(value);
  value.dispose();
}

/** The id of a variable's value, after giving the variable a value of its own where it shares one. */
export function ownId(variable: tf.Variable): number {
  const id = idOf(variable);
  if (backend().refCount(variable.dataId) === 1) return id;
  const own = binding.addHandle(shareHandle(binding.handle(id))).id;
  setId(variable, own);
  return own;
}

/** All variables that there are. */
export function registeredVariables(): tf.Variable[] {
  return Object.values(tf.engine().registeredVariables);
}

/**
 * The binding's id of a tensor, or of a variable's value.
 *
 * @throws {Error} Where it was disposed of.
 */
export function idOf(tensor: tf.Tensor): number {
  if (tensor.isDisposed) {
    const what = tensor instanceof tf.Variable ? `The variable ${tensor.name}` : "A tensor";
    throw new Error(`${what} that a traced function uses was disposed of`);
  }
  return backend().getInputTensorIds([tensor])[0]!;
}

/** The TensorFlow handle of a tensor, or of a variable's value. */
export function handleOf(tensor: tf.Tensor): Deno.PointerObject {
  return binding.handle(idOf(tensor));
}
