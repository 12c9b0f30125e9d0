import type { Network } from "../model/network.ts";
import { networkNamed } from "../model/networks.ts";
import type { Settings } from "./settings.ts";

/**
 * The network that settings name, with an output for each finding.
 *
 * @throws {InputError} Where there is none of that name, or it cannot take images of that size.
 */
export function networkOf(
  { network, imageSize, pooling, dropout }: Settings,
  findings: readonly string[],
): Network {
  return networkNamed(network, { imageSize, pooling, dropout, outputs: findings.length });
}
