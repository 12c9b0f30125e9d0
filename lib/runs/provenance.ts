import { cpus } from "node:os";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { PROJECT } from "../support/project.ts";
import { gitCommit } from "../support/git_commit.ts";
import { readJson } from "../support/read_json.ts";
import { sha256, sha256OfFile } from "../support/sha256.ts";
import { writeAtomically } from "../support/write_atomically.ts";
import { libraryVersion } from "../tensorflow/mod.ts";
import { isProvenance, type Provenance, PROVENANCE_VERSION, type Session } from "../training/provenance.ts";
import type { Run } from "./run.ts";

/**
 * Notes in a run's `provenance.json` that this process works on it from now on.
 *
 * @throws {InputError} Where the file is no JSON.
 */
export async function beginSession(run: Run): Promise<Provenance> {
  return await write(run, [...await sessionsOf(run), { ...workplace(), started: now(), ended: null }]);
}

/** Notes that the run has ended, in the session that is going on. */
export async function endSession(run: Run): Promise<Provenance> {
  const sessions = await sessionsOf(run);
  const last = sessions.pop() ?? { ...workplace(), started: null, ended: null };
  return await write(run, [...sessions, { ...last, ended: now() }]);
}

async function sessionsOf({ folder }: Run): Promise<Session[]> {
  if (!existsSync(folder.provenance)) return [];
  const found = await readJson(folder.provenance);
  return isProvenance(found) ? [...found.sessions] : [];
}

async function write({ folder, data: { entries } }: Run, sessions: Session[]): Promise<Provenance> {
  const provenance: Provenance = {
    version: PROVENANCE_VERSION,
    split: await sha256OfFile(folder.split),
    images: sha256(entries.map(({ image }) => `${image}\n`).sort().join("")),
    sessions,
  };
  await writeAtomically(folder.provenance, JSON.stringify(provenance, null, 2) + "\n");
  return provenance;
}

function workplace(): Omit<Session, "started" | "ended"> {
  return {
    project: { version: projectVersion(), commit: gitCommit(PROJECT) },
    tensorflow: libraryVersion(),
    deno: Deno.version.deno,
    machine: {
      system: Deno.build.os,
      architecture: Deno.build.arch,
      processor: processorName(),
      cores: navigator.hardwareConcurrency,
    },
  };
}

/** The version that CITATION.cff says; null where that is not there. */
function projectVersion(): string | null {
  try {
    return Deno.readTextFileSync(join(PROJECT, "CITATION.cff")).match(/^version: (\S+)$/m)?.[1] ?? null;
  } catch {
    return null;
  }
}

/** The processor's name; null where it is not known, or may not be asked. */
function processorName(): string | null {
  try {
    return cpus()[0]?.model.trim() || null;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}

function now(): string {
  return new Date().toISOString();
}
