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

/** Starts our side with a network. */
export async function openOurs(shape: NetworkShape, precision: Precision): Promise<Side> {
  return (await opened(startOurs("ours_network"), { ...shape, precision })).side;
}

/** A peer's side with a network, and what the peer is called. */
export interface NetworkPeer {
  name: string;
  side: Side;
}

/** Starts Keras with a network. */
export async function openKeras(shape: NetworkShape, precision: Precision): Promise<NetworkPeer> {
  const { side, version } = await opened(startPython("keras_network"), { ...shape, precision });
  return { name: `Keras ${version}`, side };
}

/** Starts PyTorch with a network, whose channels are last in memory. */
export async function openTorch(
  shape: NetworkShape,
  { precision, compile }: { precision: Precision; compile: boolean },
): Promise<NetworkPeer> {
  const { side, version } = await opened(startPython("torch_network"), { ...shape, precision, compile });
  const how = [compile ? "torch.compile" : "eager", ...(precision === "float32" ? [] : [precision])];
  return { name: `PyTorch ${version} ${how.join(", ")}`, side };
}

/** Starts stock TensorFlow.js with a network. */
export async function openTfjs(shape: NetworkShape, note: (text: string) => void): Promise<NetworkPeer> {
  const { name, side } = await startStockTfjs(note);
  await opened(side, { ...shape });
  return { name, side };
}

async function opened(
  side: Side,
  network: Omit<SideCommand, "do">,
): Promise<{ side: Side; version: string }> {
  await side.ask({ do: "open", ...network });
  return { side, version: await side.ask<string>({ do: "version" }) };
}
