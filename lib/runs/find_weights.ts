import { existsSync } from "node:fs";
import { statRegular } from "../support/regular_file.ts";
import { IMAGENET_FILE } from "../support/project.ts";
import { InputError } from "../support/input_error.ts";
import type { Settings } from "../training/settings.ts";

/** The network whose ImageNet weights set-up can get. */
const WITH_IMAGENET = "efficientnet-lite0";

/**
 * The file of the initial weights that the settings name; null for random ones.
 *
 * @throws {InputError} Where the file is missing, or there are no ImageNet weights of the network.
 */
export function findWeights({ weights, network }: Settings): string | null {
  if (weights === null) return null;
  if (weights !== "imagenet") {
    statRegular(weights);
    return weights;
  }
  if (network !== WITH_IMAGENET) {
    throw new InputError(
      `--weights imagenet: only for ${WITH_IMAGENET}; for ${network} name a file (Keras' .h5 of keras.applications; deno task weights downloads one)`,
    );
  }
  if (!existsSync(IMAGENET_FILE)) {
    throw new InputError(`${IMAGENET_FILE} is missing: deno task setup --imagenet installs it`);
  }
  return IMAGENET_FILE;
}
