import { InputError } from "../support/input_error.ts";
import { readRegular } from "../support/regular_file.ts";
import type { Answer, Request } from "./_keras_worker.ts";
import { describeContent, WEIGHT_CONTENTS } from "../support/describe_content.ts";
import type { KerasLayer } from "./keras_layer.ts";

/**
 * Reads the layers with weights of a network that Keras saved as HDF5: weights alone or a whole model as Keras 2
 * writes them (`.h5`), or weights as Keras 3 does (`.weights.h5`); layers inside of layers too.
 *
 * The first kind of file gives layers in the order of `model.layers`, the last only class by class, each class
 * in that order. So a network is loaded by pairing its convolutions with the file's, and so on; note that
 * `model.layers` has a block's shortcut convolution before the convolution that it is added to.
 *
 * A damaged file can send the HDF5 library around in circles, so it works in a worker and with limits of its own.
 *
 * @throws {InputError} The file is missing, cut short, damaged, not of Keras, or a weight is not of floats.
 */
export async function readKerasWeights(file: string): Promise<KerasLayer[]> {
  const bytes = await readRegular(file);
  const content = describeContent(bytes);
  if (content !== WEIGHT_CONTENTS.hdf5) throw new InputError(`${file}: not an HDF5 file, but ${content}`);
  const answer = await ask({ file, bytes });
  if ("refusal" in answer) throw new InputError(answer.refusal);
  return answer.layers;
}

async function ask(request: Request): Promise<Answer> {
  const worker = new Worker(new URL("./_keras_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(request, [request.bytes.buffer]);
    });
  } finally {
    worker.terminate();
  }
}
