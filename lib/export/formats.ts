import type { FormatFiles } from "./formats/_format.ts";
import { keras } from "./formats/keras.ts";
import { onnx } from "./formats/onnx.ts";
import { safetensors } from "./formats/safetensors.ts";
import { savedModel } from "./formats/saved_model.ts";
import { tfjs } from "./formats/tfjs.ts";
import { torch } from "./formats/torch.ts";
import type { Format } from "./format_names.ts";

/** How each format is written. A new one is a file in `formats/`, its line here and its name in format_names.ts. */
export const FORMATS: Readonly<Record<Format, FormatFiles>> = {
  safetensors,
  torch,
  onnx,
  "saved-model": savedModel,
  tfjs,
  keras,
};
