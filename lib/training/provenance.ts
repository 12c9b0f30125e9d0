import { existsSync } from "node:fs";
import { readJson } from "../support/read_json.ts";
import type { RunFolder } from "./run_folder.ts";

/** Raised whenever the file changes its meaning. */
export const PROVENANCE_VERSION = 1;

/**
 * What `provenance.json` says of where a run comes from. It is the one file of a run, beside TensorBoard's, that is not
 * the same for the same seed.
 */
export interface Provenance {
  /** The version of the file's format. */
  version: typeof PROVENANCE_VERSION;
  /** The SHA-256 of `split.csv`. */
  split: string;
  /** The SHA-256 of the names of all images of the data, before any were left out, sorted, each ended by a line feed. */
  images: string;
  /** Each time that a process worked on the run, the first one first. */
  sessions: readonly Session[];
}

/** A time that a process worked on a run, where, and with what. */
export interface Session {
  /** When it began, in ISO 8601; null where that was not written down. */
  started: string | null;
  /** When the run had been reported; null where the process was stopped before. */
  ended: string | null;
  /** This project: its version and the commit in git, null where there is none. */
  project: { version: string | null; commit: string | null };
  /** TensorFlow's version. */
  tensorflow: string;
  /** Deno's version. */
  deno: string;
  /** The machine; its processor is null where it is not known. */
  machine: { system: string; architecture: string; processor: string | null; cores: number };
}

/**
 * Reads a run's `provenance.json`; null where there is none, or something that no run writes.
 *
 * @throws {InputError} Where it is no JSON.
 */
export async function readProvenance(
  { provenance }: Pick<RunFolder, "provenance">,
): Promise<Provenance | null> {
  if (!existsSync(provenance)) return null;
  const found = await readJson(provenance) as Partial<Provenance> | null;
  return found?.version === PROVENANCE_VERSION && Array.isArray(found.sessions) ? found as Provenance : null;
}

/** What is the same for each run of the same code and data on the same machine, by its name in words. */
export function lastingProvenance({ split, images, sessions }: Provenance): Record<string, string> {
  const { project, tensorflow, deno, machine } = sessions.at(-1)!;
  return {
    "Thorax": `version ${project.version ?? "unknown"}, commit ${project.commit ?? "unknown"}`,
    "TensorFlow": tensorflow,
    "Deno": deno,
    "Machine": `${machine.processor ?? "processor unknown"}, ${machine.cores} cores, ${machine.system} ` +
      machine.architecture,
    "SHA-256 of split.csv": split,
    "SHA-256 of the image names": images,
  };
}
