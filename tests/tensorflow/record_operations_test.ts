import { deepEqual, equal, throws } from "node:assert/strict";
import { tf } from "../../lib/tensorflow/mod.ts";
import { recordOperations } from "../../lib/tensorflow/record_operations.ts";

Deno.test("a recorded program has the operations that its outputs need, and values for all else", () => {
  const x = tf.tensor1d([1, 2]);
  const before = tf.memory().numTensors;
  const { inputs, operations, outputs } = recordOperations((x: tf.Tensor) => {
    const three = tf.add(tf.scalar(1), tf.scalar(2));
    tf.exp(x); // Nothing needs it.
    return { y: tf.relu(tf.mul(x, three)) };
  }, [x]);
  equal(tf.memory().numTensors, before);
  deepEqual(operations.map(({ name }) => name), ["Mul", "Relu"]);
  const [multiplication, rectifier] = operations;
  deepEqual(multiplication!.inputs.map(({ values }) => values && [...values as Float32Array]), [null, [3]]);
  equal(multiplication!.inputs[0], inputs[0]);
  equal(rectifier!.inputs[0], multiplication!.outputs[0]);
  equal(outputs.y, rectifier!.outputs[0]);
  deepEqual(outputs.y!.shape, [2]);
  throws(
    () => recordOperations((_: tf.Tensor) => ({ y: tf.ones([2]) }), [x]),
    /^Error: y does not depend on what is given$/,
  );
  x.dispose();
});
