import { NETWORK_NAMES } from "../../lib/model/network_names.ts";

/** A network of every family by name, of those that come in several depths the smallest: tests go through all of them. */
export const NAMES: readonly string[] = NETWORK_NAMES.map((name) => name.replace("<9n+2>", "11"));
