import { exportWeights } from "../../model/model.ts";
import { safetensorsFile } from "../../weight_files/safetensors.ts";
import { exportMetadata } from "../exported_network.ts";
import type { FormatFiles } from "./_format.ts";

/** The weights under Thorax' own names, to go on from with `train --weights`. */
export const safetensors: FormatFiles = (network, name) => ({
  [name]: safetensorsFile(exportWeights(network.model), { metadata: exportMetadata(network) }),
});
