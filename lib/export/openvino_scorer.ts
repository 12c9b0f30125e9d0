import { InputError } from "../support/input_error.ts";
import { forward, type Model } from "../model/model.ts";
import { type CompiledNetwork, compileNetwork } from "../openvino/compiled_network.ts";
import { openvino } from "../openvino/library.ts";
import { threads } from "../tensorflow/context.ts";
import { tf } from "../tensorflow/mod.ts";
import { recordOperations } from "../tensorflow/record_operations.ts";
import type { Scorer } from "../training/score.ts";
import { onnxFile } from "../weight_files/onnx_model.ts";
import { onnxGraph } from "./onnx_graph.ts";

/**
 * Scores images with a model's present weights as `scorer` does, but by OpenVINO, which gets the network as an ONNX
 * graph. Scores are those of TensorFlow but for rounding.
 *
 * @param options The precision that the network was trained in: OpenVINO computes in float32 here.
 * @throws {InputError} Where OpenVINO is not installed, or the precision is another.
 */
export function openvinoScorer(model: Model, { precision }: { precision: string }): Scorer {
  if (precision !== "float32") {
    throw new InputError(`--engine openvino: scores in float32, and the run's precision is ${precision}`);
  }
  openvino();
  const networks = new Map<number, CompiledNetwork>();
  const { imageSize, channels, outputs } = model.network;

  function compiledFor(count: number): CompiledNetwork {
    const known = networks.get(count);
    if (known) return known;
    const images = tf.zeros([count, imageSize, imageSize, channels]);
    const program = recordOperations((images: tf.Tensor) => ({
      logits: forward(model, images as tf.Tensor4D, { training: false }).logits,
    }), [images]);
    images.dispose();
    const file = onnxFile({
      name: model.network.name,
      ...onnxGraph(program, { input: "F32" }),
      metadata: {},
      description: "",
    });
    const network = compileNetwork(file, { outputs: 1, threads: threads() });
    networks.set(count, network);
    return network;
  }

  return {
    async run(images) {
      const count = images.shape[0]!;
      const [logits] = await compiledFor(count).infer(images.dataSync() as Float32Array<ArrayBuffer>);
      return tf.tensor2d(logits!, [count, outputs]);
    },
    dispose() {
      for (const network of networks.values()) network[Symbol.dispose]();
      networks.clear();
    },
  };
}
