/**
 * Networks, their layers, losses and optimizer, and the way weights get into them.
 *
 * @module
 */
export * from "./adam.ts";
export * from "./features.ts";
export * from "./initializer.ts";
export * from "./layers.ts";
export * from "./layer_shapes.ts";
export * from "./load_weights.ts";
export * from "./losses.ts";
export * from "./loss_names.ts";
export * from "./memory.ts";
export * from "./model.ts";
export * from "./network.ts";
export * from "./network_family.ts";
export * from "./networks.ts";
export * from "./network_names.ts";
export * from "./resnet_v2.ts";
export * from "./torch_weights.ts";
export type { FoundWeights } from "./found_weights.ts";
export type { LossWeights } from "./weighted_cross_entropy.ts";
