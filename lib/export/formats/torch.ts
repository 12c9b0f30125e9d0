import { family as resnetV2 } from "../../model/resnet_v2.ts";
import { exportTorchWeights } from "../../model/torch_weights.ts";
import { safetensorsFile } from "../../weight_files/safetensors.ts";
import { exportMetadata } from "../exported_network.ts";
import { pythonModule, stemOf } from "./_beside.ts";
import type { FormatFiles } from "./_format.ts";

/**
 * The weights in PyTorch's layout, under the names of its implementation of the network (timm or torchvision). ResNet v2
 * has none there: its file comes with the Python module that it is loaded into.
 */
export const torch: FormatFiles = async (network, name) => {
  const { model } = network;
  return {
    [name]: safetensorsFile(exportTorchWeights(model), { metadata: exportMetadata(network) }),
    ...(resnetV2.has(model.network.name)
      ? { [`${stemOf(name, ".safetensors")}.py`]: await pythonModule("resnet_v2_torch") }
      : {}),
  };
};
