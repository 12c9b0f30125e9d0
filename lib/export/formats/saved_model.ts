import { DataType } from "../../tensorflow/data_type.ts";
import { exportMetadata } from "../exported_network.ts";
import { savedModelFile } from "../graph_def.ts";
import { inferenceProgram } from "../inference_program.ts";
import { tensorflowGraph } from "../tensorflow_graph.ts";
import type { FormatFiles } from "./_format.ts";

/** The network from grey pixels (uint8) to probabilities and Grad-CAM, as a SavedModel. */
export const savedModel: FormatFiles = (network) => {
  const program = inferenceProgram(network.model, network);
  return {
    "saved_model.pb": savedModelFile(tensorflowGraph(program, { inputType: DataType.UINT8 })),
    "metadata.json": JSON.stringify(exportMetadata(network), null, 2) + "\n",
  };
};
