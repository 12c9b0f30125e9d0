import { deepEqual, equal } from "node:assert/strict";
import { einsumInDouble, graph, tf } from "../../lib/tensorflow/mod.ts";

Deno.test("terms that cancel leave what float32 loses, in and out of a traced graph", () => {
  const [terms, ones] = [tf.tensor1d([2 ** 30, 1, -(2 ** 30)]), tf.ones([3])];
  const sum = () => einsumInDouble("i,i->", terms, ones);
  const traced = graph(sum);
  const before = tf.memory().numTensors;
  const [eager, recorded, single] = [sum(), traced(), tf.einsum("i,i->", terms, ones)];
  deepEqual([eager, recorded, single].map((x) => x.dataSync()[0]), [1, 1, 0]);
  equal(eager.dtype, "float32");
  tf.dispose([eager, recorded, single]);
  equal(tf.memory().numTensors, before);
  traced.dispose();
  tf.dispose([terms, ones]);
});

Deno.test("an index that only one tensor has is summed before the product", () => {
  tf.tidy(() => {
    const gradients = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]);
    const features = tf.tensor3d([1, 10, 100, 1000], [1, 2, 2]);
    deepEqual(einsumInDouble("nkqc,npc->nkp", gradients, features).arraySync(), [[[64, 6400], [152, 15200]]]);
  });
});
