import type { StoredTensor } from "../weight_files/stored_tensor.ts";

/** What a file holds of a model's weights. */
export interface FoundWeights {
  /** Tensors under the model's names and with its axes; the last layer's may have another shape. */
  tensors: Map<string, StoredTensor>;
  /** What the last layer's outputs are, in their order; null where the file does not say. */
  labels: readonly string[] | null;
  /** Whether the first layer of the file is for grey images, where Thorax' takes colours. */
  isGrey?: boolean;
  /** Of each output the score that torchxrayvision calls its operating point, where the file says it; NaN for none. */
  operatingPoints?: readonly number[];
  /** What was found and what was left out, a sentence each. */
  notes: string[];
}
