/**
 * Files of weights, known by no model: safetensors, Keras' HDF5 and PyTorch's checkpoints.
 *
 * @module
 */
export * from "./keras_layer.ts";
export * from "./keras_weights.ts";
export * from "./safetensors.ts";
export * from "./stored_tensor.ts";
export * from "./torch_checkpoint.ts";
