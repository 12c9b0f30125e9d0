import { InputError } from "../support/input_error.ts";
import type { NetworkOptions } from "./network_family.ts";

/**
 * The options of a network made for ImageNet, with defaults filled in.
 *
 * @throws {InputError} The images are smaller than 32x32, or the pooling is not global.
 */
export function imagenetOptions(name: string, options: NetworkOptions) {
  const { imageSize, outputs, pooling = "global", dropout = 0 } = options;
  if (imageSize < 32) throw new InputError(`image size ${imageSize}: has to be at least 32 for ${name}`);
  if (pooling !== "global") throw new InputError(`pooling "${pooling}": ${name} has global pooling only`);
  return { imageSize, outputs, dropout };
}
