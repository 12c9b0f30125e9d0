import { InputError } from "../support/input_error.ts";
import { givenPath } from "../support/given_path.ts";
import { IMAGENET_FILE, IMAGENET_WEIGHTS } from "./setup/imagenet_weights.ts";
import { setUp } from "./setup/set_up.ts";

/** The network whose ImageNet weights set-up can get. */
const WITH_IMAGENET = "efficientnet-lite0";

/**
 * The file of the weights that a setting names; those of ImageNet are installed first where they are missing.
 *
 * @param weights `imagenet` or a file's path.
 * @throws {InputError} Where there are no ImageNet weights of that network.
 */
export async function findWeights(weights: string, network: string): Promise<string> {
  if (weights !== "imagenet") return givenPath(weights);
  if (network !== WITH_IMAGENET) {
    throw new InputError(
      `--weights imagenet: only for ${WITH_IMAGENET}; for ${network} name a file (Keras' .h5 of keras.applications; deno task weights downloads one)`,
    );
  }
  await setUp([IMAGENET_WEIGHTS]);
  return IMAGENET_FILE;
}
