import { cpus } from "node:os";
import { PROJECT } from "../support/project.ts";
import { projectVersion } from "../support/project_version.ts";
import { gitCommit } from "../support/git_commit.ts";
import { sha256, sha256OfFile } from "../support/sha256.ts";
import { libraryVersion } from "../tensorflow/mod.ts";
import { isRunFileAsWritten } from "../training/check_run.ts";
import { type Provenance, PROVENANCE_VERSION, readProvenance, type Session } from "../training/provenance.ts";
import { writeRunFiles } from "../training/run_folder.ts";
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

/** The sessions so far; none where the file was changed since it was written, and is to be written anew. */
async function sessionsOf({ folder, overwrite }: Run): Promise<Session[]> {
  if (overwrite && !await isRunFileAsWritten(folder, folder.provenance)) return [];
  return [...(await readProvenance(folder))?.sessions ?? []];
}

async function write(
  { folder, overwrite, data: { entries } }: Run,
  sessions: Session[],
): Promise<Provenance> {
  const provenance: Provenance = {
    version: PROVENANCE_VERSION,
    split: await sha256OfFile(folder.split),
    images: sha256(entries.map(({ image }) => `${image}\n`).sort().join("")),
    sessions,
  };
  await writeRunFiles(folder, { [folder.provenance]: JSON.stringify(provenance, null, 2) + "\n" }, {
    overwrite,
  });
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
