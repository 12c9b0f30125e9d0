import { LABELS } from "../dataset/labels.ts";
import { InputError } from "../input_error.ts";
import type { Network } from "../model/network.ts";
import { resnetV2 } from "../model/resnet_v2.ts";
import type { Settings } from "./settings.ts";

/**
 * The network that settings name.
 *
 * @throws {InputError} Where there is none of that name, or it cannot take images of that size.
 */
export function networkOf({ network, imageSize, pooling }: Settings): Network {
  const depth = Number(network.match(/^resnet(\d+)v2$/)?.[1]);
  if (!depth) throw new InputError(`network "${network}": has to be resnet<depth>v2`);
  return resnetV2({ depth, imageSize, pooling, outputs: LABELS.length });
}
