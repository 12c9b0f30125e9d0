import type { NetworkName } from "./network_names.ts";
import type { Network } from "./network.ts";

/** What a network can be asked for. */
export interface NetworkOptions {
  /** Height and width of the images. */
  imageSize: number;
  /** How many findings are scored. */
  outputs: number;
  /** What comes after the last feature map: places kept, or one mean. Default: the network's own. */
  pooling?: "flatten" | "global";
  /** The fraction of features that is dropped before the last layer, in training. Default: 0. */
  dropout?: number;
}

/** A network, or several of one design, that can be chosen by name. */
export interface NetworkFamily {
  /** The name as `--help` shows it, such as `resnet<9n+2>v2`. */
  name: NetworkName;
  /** Whether a name is one of the family's. */
  has(name: string): boolean;
  /** Height and width of the images that the network was designed for. */
  imageSize: number;
  /** The paper that it is from. */
  citation: string;
  /**
   * Makes the network of that name.
   *
   * @throws {InputError} It cannot be had with these options.
   */
  create(name: string, options: NetworkOptions): Network;
}
