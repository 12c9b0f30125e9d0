/** A form in which a network can be written, as `--help` shows it. */
export interface FormatName {
  name: string;
  /** How a name ends of what is written; null for a folder. */
  ending: string | null;
  /** What reads it, as half a sentence. */
  meaning: string;
}

/** The formats of exported networks: here, so that to show them loads no network. */
export const FORMAT_NAMES = [
  {
    name: "safetensors",
    ending: ".safetensors",
    meaning: "weights under Thorax' own names, which are Keras'",
  },
  {
    name: "torch",
    ending: ".safetensors",
    meaning:
      "weights in PyTorch's layout, under the names of timm or torchvision; a ResNet v2 with its Python module",
  },
  { name: "onnx", ending: ".onnx", meaning: "the network for ONNX Runtime, OpenVINO and others" },
  { name: "saved-model", ending: null, meaning: "the network for TensorFlow and TensorFlow Serving" },
  {
    name: "keras",
    ending: ".weights.h5",
    meaning: "weights of a ResNet v2 for Keras 3, with the Python module that builds it",
  },
  { name: "tfjs", ending: null, meaning: "the network for TensorFlow.js, a graph model" },
] as const satisfies readonly FormatName[];

/** One of {@linkcode FORMAT_NAMES}. */
export type Format = typeof FORMAT_NAMES[number]["name"];
