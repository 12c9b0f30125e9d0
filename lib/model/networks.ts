import { InputError } from "../support/input_error.ts";
import { family as densenet121 } from "./densenet121.ts";
import { family as efficientnetLite0 } from "./efficientnet_lite0.ts";
import type { Network } from "./network.ts";
import { NETWORK_NAMES } from "./network_names.ts";
import type { NetworkFamily, NetworkOptions } from "./network_family.ts";
import { family as resnet50V2 } from "./resnet50v2.ts";
import { family as resnetV2 } from "./resnet_v2.ts";

/** The networks that can be chosen by name. A new one is a file with its family, its line here and its name in network_names.ts. */
export const NETWORKS: readonly NetworkFamily[] = [
  resnetV2,
  efficientnetLite0,
  densenet121,
  resnet50V2,
];

/**
 * The family of networks that a name belongs to.
 *
 * @throws {InputError} There is none of that name.
 */
export function networkFamily(name: string): NetworkFamily {
  const family = NETWORKS.find((family) => family.has(name));
  if (family) return family;
  throw new InputError(`network "${name}": has to be one of ${NETWORK_NAMES.join(", ")}`);
}

/**
 * Makes the network of a name.
 *
 * @throws {InputError} There is none of that name, or it cannot be had with these options.
 */
export function networkNamed(name: string, options: NetworkOptions): Network {
  return networkFamily(name).create(name, options);
}
