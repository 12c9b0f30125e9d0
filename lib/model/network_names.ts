/**
 * The names of the networks as `--help` shows them: here, so that to show them loads no network. The networks themselves
 * are in {@linkcode ./networks.ts NETWORKS}.
 */
export const NETWORK_NAMES = ["resnet<9n+2>v2", "efficientnet-lite0", "densenet121", "resnet50v2"] as const;

/** One of {@linkcode NETWORK_NAMES}. */
export type NetworkName = (typeof NETWORK_NAMES)[number];

/** The most layers of a `resnet<9n+2>v2`: those of the deepest network of the paper. */
export const MAX_DEPTH = 1001;
