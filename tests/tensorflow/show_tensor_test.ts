import assert from "node:assert/strict";
import { graph, tf } from "../../lib/tensorflow/mod.ts";

Deno.test("a tensor shows its type, shape and values, cut where it is large", () => {
  const small = tf.tensor2d([[1, 2], [3, 4]], [2, 2], "int32");
  assert.equal(Deno.inspect(small), "Tensor int32 [2, 2]\n    [[1, 2],\n     [3, 4]]");
  const large = tf.zeros([1000, 1000]);
  assert.ok(Deno.inspect(large).length < 3000);
  assert.match(Deno.inspect(large), /\.\.\./);
  small.dispose();
  assert.equal(Deno.inspect(small), "Tensor int32 [2, 2], disposed");
  large.dispose();
});

Deno.test("a tensor shows no values while a graph is traced", () => {
  const seen: string[] = [];
  const doubled = graph((x: tf.Tensor1D) => {
    const y = tf.mul(x, 2);
    seen.push(Deno.inspect(y));
    return y;
  });
  const x = tf.tensor1d([1, 2]);
  tf.dispose([x, doubled(x)]);
  assert.deepEqual(seen, ["Tensor float32 [2], without values while a graph is traced"]);
});
