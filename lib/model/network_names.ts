/**
 * The names of the networks as `--help` shows them: here, so that to show them loads no network. The networks themselves
 * are in {@linkcode ./networks.ts NETWORKS}.
 */
export const NETWORK_NAMES = ["resnet<9n+2>v2", "efficientnet-lite0", "densenet121", "resnet50v2"] as const;

/** One of {@linkcode NETWORK_NAMES}. */
export type NetworkName = (typeof NETWORK_NAMES)[number];

/** The most layers of a `resnet<9n+2>v2`: those of the deepest network of the paper. */
export const MAX_DEPTH = 1001;

/** Whether there is a network of a name: one of {@linkcode NETWORK_NAMES}, a ResNet v2 with a depth that it can have. */
export function isNetworkName(name: string): boolean {
  const [, depth] = name.match(/^resnet([1-9]\d*)v2$/) ?? [];
  if (depth === undefined) return (NETWORK_NAMES.slice(1) as readonly string[]).includes(name);
  return Number(depth) % 9 === 2 && Number(depth) > 2 && Number(depth) <= MAX_DEPTH;
}
