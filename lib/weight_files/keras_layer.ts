import type { StoredTensor } from "./stored_tensor.ts";

/** A layer's weights in a file of Keras. */
export interface KerasLayer {
  /** The layer's name; where the file keeps none (`.weights.h5` of Keras 2), its class and number in the network. */
  name: string;
  /** Whether the name is the layer's own and not made from its class and number. */
  named: boolean;
  /** Its weights by Keras' names: kernel, bias; gamma, beta, moving_mean, moving_variance. All are float32 or float64. */
  weights: Map<string, StoredTensor>;
}
