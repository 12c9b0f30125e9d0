import { exportWeights } from "../../model/model.ts";
import { family as resnetV2 } from "../../model/resnet_v2.ts";
import { InputError } from "../../support/input_error.ts";
import { type KerasFileLayer, kerasWeightsFile } from "../../weight_files/keras_file.ts";
import type { StoredTensor } from "../../weight_files/stored_tensor.ts";
import { exportMetadata } from "../exported_network.ts";
import { pythonModule, stemOf } from "./_beside.ts";
import type { FormatFiles } from "./_format.ts";

/** What layers keep, by the class that each is of, in Keras' order. */
const WEIGHTS = {
  conv2d: ["kernel", "bias"],
  batch_normalization: ["gamma", "beta", "moving_mean", "moving_variance"],
  dense: ["kernel", "bias"],
};

/** Convolutions of a first block: three in a row, and the shortcut's, which we make last and Keras lists third. */
const FIRST_BLOCK = [0, 1, 3, 2];

/**
 * The weights of a ResNet v2 as Keras 3 reads them, with what is known of them as JSON and the Python module that
 * builds the network.
 *
 * @throws {InputError} For another network.
 */
export const keras: FormatFiles = async (network, name) => {
  const { model } = network;
  if (!resnetV2.has(model.network.name)) {
    throw new InputError(
      `${model.network.name}: keras holds ${resnetV2.name} alone: take saved-model or onnx`,
    );
  }
  const weights = exportWeights(model);
  const convolutions = inKerasOrder(layersOf(weights, "conv2d"));
  const normalizations = layersOf(weights, "batch_normalization");
  const dense = layersOf(weights, "dense");
  const [kernel] = dense[0]!.weights;
  const filters = convolutions[0]!.weights[0]!.shape[3]!;
  const metadata = {
    ...exportMetadata(network),
    filters: String(filters),
    pooling: kernel!.shape[0] === 16 * filters ? "global" : "flatten",
  };
  const stem = stemOf(name, ".weights.h5");
  return {
    [name]: await kerasWeightsFile([...convolutions, ...normalizations, ...dense]),
    [`${stem}.json`]: JSON.stringify(metadata, null, 2) + "\n",
    [`${stem}.py`]: await pythonModule("resnet_v2_keras"),
  };
};

/** All layers of a class, in the order in which they were made. */
function layersOf(weights: ReadonlyMap<string, StoredTensor>, type: keyof typeof WEIGHTS): KerasFileLayer[] {
  const found: KerasFileLayer[] = [];
  for (let i = 0; weights.has(`${layerName(type, i)}/${WEIGHTS[type][0]}`); i++) {
    const layer = layerName(type, i);
    const own = WEIGHTS[type].map((name) => weights.get(`${layer}/${name}`)!);
    found.push({ type, name: layer, weights: own });
  }
  return found;
}

function layerName(type: string, index: number): string {
  return index === 0 ? type : `${type}_${index}`;
}

/** The convolutions of three stages of equally many blocks after the first one, as Keras lists them. */
function inKerasOrder([first, ...others]: readonly KerasFileLayer[]): KerasFileLayer[] {
  const stage = others.length / 3;
  return [
    first!,
    ...others.map((_, i) => {
      const place = i % stage;
      return others[place < FIRST_BLOCK.length ? i - place + FIRST_BLOCK[place]! : i]!;
    }),
  ];
}
