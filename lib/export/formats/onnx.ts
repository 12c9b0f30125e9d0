import { onnxFile } from "../../weight_files/onnx_model.ts";
import { describeExport, exportMetadata } from "../exported_network.ts";
import { inferenceProgram } from "../inference_program.ts";
import { onnxGraph } from "../onnx_graph.ts";
import type { FormatFiles } from "./_format.ts";

/** The network from grey pixels to probabilities and Grad-CAM, as ONNX. */
export const onnx: FormatFiles = (network, name) => ({
  [name]: onnxFile({
    name: network.model.network.name,
    ...onnxGraph(inferenceProgram(network.model, network)),
    metadata: exportMetadata(network),
    description: describeExport(network),
  }),
});
