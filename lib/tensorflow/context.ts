import { InputError } from "../support/input_error.ts";
import { tensorflow } from "./library.ts";
import { quietly } from "./quietly.ts";
import { text } from "./memory.ts";
import { check, status } from "./status.ts";

let context: Deno.PointerValue = null;
let clusterConfig: Uint8Array<ArrayBuffer> = new Uint8Array();

/**
 * Adds fields to the `ConfigProto` of the context, which is made on first use.
 *
 * @throws {Error} Where the context exists already.
 */
export function configureContext(fields: Uint8Array<ArrayBuffer>): void {
  if (context !== null) throw new Error("Workers have to be joined before TensorFlow is used");
  clusterConfig = fields;
}

/**
 * TensorFlow's eager context, made on first use: silent placement (tensors are copied to the device that an
 * operation runs on) and one thread a core, or as many as the environment variable `TENSORFLOW_THREADS` says.
 */
export function eagerContext(): Deno.PointerValue {
  return context ??= quietly(newContext);
}

/** Whether the context is one of a cluster's. */
export function isInCluster(): boolean {
  return clusterConfig.length > 0;
}

/** The names and kinds of the devices that TensorFlow sees, such as `{ name: "/job:.../device:GPU:0", type: "GPU" }`. */
export function devices(): { name: string; type: string }[] {
  const api = tensorflow();
  const list = api.TFE_ContextListDevices(eagerContext(), status());
  check("Listing devices");
  const found = Array.from({ length: api.TF_DeviceListCount(list) }, (_, i) => ({
    name: text(api.TF_DeviceListName(list, i, status())),
    type: text(api.TF_DeviceListType(list, i, status())),
  }));
  api.TF_DeleteDeviceList(list);
  return found;
}

/** Whether TensorFlow sees a GPU. */
export function hasGpu(): boolean {
  return devices().some(({ type }) => type === "GPU");
}

/** The version of the TensorFlow library, such as `2.21.0`. */
export function libraryVersion(): string {
  return text(tensorflow().TF_Version());
}

function newContext(): Deno.PointerValue {
  const api = tensorflow();
  const options = api.TFE_NewContextOptions();
  const config = Uint8Array.of(...contextConfig(), ...clusterConfig);
  api.TFE_ContextOptionsSetConfig(options, config, BigInt(config.length), status());
  check("TensorFlow's context");
  const made = api.TFE_NewContext(options, status());
  api.TFE_DeleteContextOptions(options);
  check("TensorFlow's context");
  return made;
}

/** How many threads TensorFlow computes with. */
export function threads(): number {
  const text = Deno.env.get("TENSORFLOW_THREADS");
  const count = text === undefined ? navigator.hardwareConcurrency : Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 127) {
    throw new InputError(`TENSORFLOW_THREADS is ${text}: it has to be a whole number from 1 to 127`);
  }
  return Math.min(count, 127);
}

/**
 * A serialised `ConfigProto`: intra_op_parallelism_threads (field 2), inter_op_parallelism_threads (5),
 * gpu_options.allow_growth (6.4).
 */
export function contextConfig(): Uint8Array<ArrayBuffer> {
  const count = threads();
  return Uint8Array.of(0x10, count, 0x28, count, 0x32, 0x02, 0x20, 0x01);
}
