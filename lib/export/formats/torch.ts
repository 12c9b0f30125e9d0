import { exportTorchWeights } from "../../model/torch_weights.ts";
import { safetensorsFile } from "../../weight_files/safetensors.ts";
import { exportMetadata } from "../exported_network.ts";
import type { FormatFiles } from "./_format.ts";

/** The weights in PyTorch's layout, under the names of its implementation of the network (timm or torchvision). */
export const torch: FormatFiles = (network, name) => ({
  [name]: safetensorsFile(exportTorchWeights(network.model), { metadata: exportMetadata(network) }),
});
