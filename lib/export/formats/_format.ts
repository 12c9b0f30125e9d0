import type { ExportedNetwork } from "../exported_network.ts";

/**
 * Makes the files of a format.
 *
 * @param name The name of the file that was asked for; where the format is a folder, it is not used.
 * @returns The contents by their paths beside that file, or in the folder.
 * @throws {InputError} Where the format cannot hold the network.
 */
export type FormatFiles = (
  network: ExportedNetwork,
  name: string,
) => Promise<Record<string, string | Uint8Array>> | Record<string, string | Uint8Array>;
