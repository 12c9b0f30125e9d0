import { InputError } from "../support/input_error.ts";
import { quoteJson } from "../support/printable.ts";

/** The version of run folders that is written: raised whenever their files change their meaning. */
export const VERSION = 2;

/** The first version, whose folders have no checksums. */
export const UNSUMMED_VERSION = 1;

/**
 * Makes sure that a run's `config.json` is of a version that is read.
 *
 * @throws {InputError} Naming the file, where it is of another version or none.
 */
export function checkVersion(version: unknown, file: string): asserts version is 1 | 2 {
  if (version === VERSION || version === UNSUMMED_VERSION) return;
  throw new InputError(
    `${file}: version ${quoteJson(version)} of run folders, and this is version ${VERSION}`,
  );
}

/** What runs did whose `config.json` lacks a setting, where that is not the setting's default. */
export const BEFORE = { undersample: "all", batchNormMomentum: 0.99 } as const;
