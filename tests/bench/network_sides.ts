import { environmentFor, type Instructions } from "./instructions.ts";
import { startOurs, startPython } from "./peers.ts";
import type { Side, SideCommand } from "./side.ts";
import { startStockTfjs } from "./stock_tfjs.ts";

/** A network to measure: ResNet v2 of a depth, on square images, in batches. */
export interface NetworkShape {
  depth: number;
  /** Height and width of the images in pixels. */
  size: number;
  /** Images a batch. */
  batch: number;
}

/** The type that activations are computed in. */
export type Precision = "float32" | "bfloat16";

/** How a network is computed. */
export interface Computing {
  /** Default: `float32`. */
  precision?: Precision;
  /** Default: `all`. */
  instructions?: Instructions;
}

/** An implementation of a network, and what it is called. */
export interface NetworkPeer {
  name: string;
  side: Side;
}

/** Starts Thorax with a network. */
export async function openOurs(
  shape: NetworkShape,
  { precision = "float32", instructions = "all" }: Computing = {},
): Promise<Side> {
  const side = startOurs("ours_network", environmentFor(instructions));
  return (await opened(side, { ...shape, precision })).side;
}

/**
 * Starts Keras with a network.
 *
 * @param options `oneDnn` turns TensorFlow's oneDNN operations on or off; default: what TensorFlow itself takes on a
 * processor that has no more than the instructions.
 */
export async function openKeras(
  shape: NetworkShape,
  { precision = "float32", instructions = "all", oneDnn }: Computing & { oneDnn?: boolean } = {},
): Promise<NetworkPeer> {
  const env = { ...environmentFor(instructions), ...oneDnnOption(oneDnn, instructions) };
  const { side, version } = await opened(startPython("keras_network", env), { ...shape, precision });
  return { name: `Keras ${version}`, side };
}

/** Starts PyTorch with a network, whose channels are last in memory. */
export async function openTorch(
  shape: NetworkShape,
  { precision = "float32", instructions = "all", compile }: Computing & { compile: boolean },
): Promise<NetworkPeer> {
  const side = startPython("torch_network", environmentFor(instructions));
  const { version } = await opened(side, { ...shape, precision, compile });
  const how = [compile ? "torch.compile" : "eager", ...(precision === "float32" ? [] : [precision])];
  return { name: `PyTorch ${version} ${how.join(", ")}`, side };
}

/** Starts stock TensorFlow.js with a network. */
export async function openTfjs(
  shape: NetworkShape,
  { instructions = "all", note }: Pick<Computing, "instructions"> & { note: (text: string) => void },
): Promise<NetworkPeer> {
  const { name, side } = await startStockTfjs(note, {
    ...environmentFor(instructions),
    ...oneDnnOption(undefined, instructions),
  });
  await opened(side, { ...shape });
  return { name, side };
}

/** Starts ONNX Runtime or OpenVINO with a network; these only score. */
export async function openOnnx(
  shape: NetworkShape,
  { engine, precision = "float32", instructions = "all" }: Computing & { engine: "onnxruntime" | "openvino" },
): Promise<NetworkPeer> {
  const side = startPython("onnx_network", environmentFor(instructions));
  const { version } = await opened(side, { ...shape, engine, precision });
  const name = engine === "openvino" ? "OpenVINO" : "ONNX Runtime";
  return { name: `${name} ${version}${precision === "float32" ? "" : ` ${precision}`}`, side };
}

/** TensorFlow looks at the processor itself, so where it may not use all of it, it is told what it would find. */
function oneDnnOption(on: boolean | undefined, instructions: Instructions): Record<string, string> {
  if (on === undefined && instructions === "all") return {};
  return { TF_ENABLE_ONEDNN_OPTS: on ? "1" : "0" };
}

async function opened(
  side: Side,
  network: Omit<SideCommand, "do">,
): Promise<{ side: Side; version: string }> {
  await side.ask({ do: "open", ...network });
  return { side, version: await side.ask<string>({ do: "version" }) };
}
