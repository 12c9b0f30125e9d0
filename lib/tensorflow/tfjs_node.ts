/**
 * TensorFlow.js as its package for Node has it: all of `@tensorflow/tfjs` on TensorFlow's C library, and beside it
 * `tf.node` (images, saved models, TensorBoard) and the handlers of `tf.io` for `file://`. A program that was written
 * for `@tensorflow/tfjs-node` runs when it imports `tf` from here.
 *
 * @module
 */
import "./backend.ts";
import "./traced_layers.ts";
import * as tfjs from "@tensorflow/tfjs";
import { ProgbarLogger } from "@tensorflow/tfjs-node-gpu/dist/callbacks.js";
import { nodeFileSystemRouter } from "@tensorflow/tfjs-node-gpu/dist/io/file_system.js";
import * as nodeIo from "@tensorflow/tfjs-node-gpu/dist/io/index.js";
import { version as nodeVersion } from "@tensorflow/tfjs-node-gpu/dist/version.js";

export * from "@tensorflow/tfjs";
export { node } from "@tensorflow/tfjs-node-gpu/dist/node.js";

// The package writes weights that lie in one buffer; those of a graph model that came over HTTP lie in several.
const { save } = nodeIo.fileSystem("").constructor.prototype as Required<Pick<tfjs.io.IOHandler, "save">>;
nodeIo.fileSystem("").constructor.prototype.save = function (artifacts: tfjs.io.ModelArtifacts) {
  const { weightData } = artifacts;
  if (!Array.isArray(weightData)) return save.call(this, artifacts);
  return save.call(this, { ...artifacts, weightData: tfjs.io.CompositeArrayBuffer.join(weightData) });
};

/** Saving and loading, with `fileSystem` and `nodeHTTPRequest`. */
export const io: typeof tfjs.io & Pick<typeof nodeIo, "fileSystem" | "nodeHTTPRequest"> = {
  ...tfjs.io,
  fileSystem: nodeIo.fileSystem,
  nodeHTTPRequest: nodeIo.nodeHTTPRequest,
};

/** Versions of TensorFlow.js' parts, and of the package for Node whose interface this is. */
export const version: typeof tfjs.version & { "tfjs-node": string } = {
  ...tfjs.version,
  "tfjs-node": nodeVersion,
};

tfjs.io.registerLoadRouter(nodeFileSystemRouter);
tfjs.io.registerSaveRouter(nodeFileSystemRouter);

// What `fit` shows unless it is told `verbose: 0`.
tfjs.registerCallbackConstructor(
  1,
  ProgbarLogger as unknown as Parameters<typeof tfjs.registerCallbackConstructor>[1],
);
