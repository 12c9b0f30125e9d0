import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { inferenceProgram } from "../../lib/export/inference_program.ts";
import { onnxGraph } from "../../lib/export/onnx_graph.ts";
import { createModel } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { tf } from "../../lib/tensorflow/mod.ts";
import { recordOperations } from "../../lib/tensorflow/record_operations.ts";
import { NAMES } from "../model/_networks.ts";

// What the graphs compute is compared with ONNX Runtime's and OpenVINO's answers by tests/oracles/exported_networks.py.

for (const name of NAMES) {
  Deno.test(`${name} is an ONNX graph whose tensors are each made once, before they are used`, () => {
    const model = createModel(networkNamed(name, { imageSize: 32, outputs: 3 }), { seed: 0 });
    const { nodes, constants, inputs, outputs } = onnxGraph(inferenceProgram(model, { scales: null }));
    deepEqual(inputs, [{ name: "images", dtype: "U8", shape: ["n", 1, 32, 32] }]);
    deepEqual(outputs.map(({ name }) => name), ["logits", "scores", "features", "grad_cam"]);
    const [logits, , features, gradCam] = outputs.map(({ shape }) => shape);
    deepEqual(logits, ["n", 3]);
    deepEqual(gradCam, ["n", 3, ...features!.slice(2)]);
    const known = new Set(["images", ...constants.keys()]);
    for (const node of nodes) {
      for (const input of node.inputs) ok(known.has(input), `${node.operator} takes ${input}`);
      for (const output of node.outputs) {
        ok(!known.has(output), `${output} is made twice`);
        known.add(output);
      }
    }
    for (const { name } of outputs) ok(known.has(name), name);
    equal(nodes.filter(({ operator }) => operator === "Transpose").length, name === "resnet11v2" ? 1 : 0);
    model.dispose();
  });
}

Deno.test("padding is TensorFlow's: one zero more below and to the right where its number is odd", () => {
  const images = tf.zeros([2, 6, 7, 1]);
  const { nodes } = onnxGraph(recordOperations((x: tf.Tensor) => ({
    y: tf.conv2d(x as tf.Tensor4D, tf.ones([3, 3, 1, 2]), 2, "same"),
  }), [images]));
  deepEqual(nodes.at(-1)!.attributes, {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [0, 1, 1, 1],
    group: 1,
  });
  throws(
    () => onnxGraph(recordOperations((x: tf.Tensor) => ({ y: tf.exp(x) }), [images])),
    /^Error: Exp is not among the operations that ONNX files are made of$/,
  );
  images.dispose();
});
