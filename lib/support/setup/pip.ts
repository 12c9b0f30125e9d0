import { join } from "node:path";
import { InputError } from "../input_error.ts";
import { showProgress } from "../progress.ts";
import { type Component, type RequirementList, REQUIREMENTS } from "./component.ts";
import { type Environment, pythonLock } from "./environment.ts";
import { runHolding } from "./run_program.ts";

/** What pip has to do to unpack a list's wheels, those for Python 3.12, into a folder. */
export function unpackWheels(folder: string): string[] {
  return ["install", "--upgrade", "--no-compile", "--python-version", "3.12", "--target", folder];
}

/**
 * Runs one pip command, such as `install`, on a requirement list, with only the pinned wheels and only if their
 * hashes agree, and shows how many megabytes of wheels have come down. pip's own configuration (its index, proxy,
 * cache) holds.
 *
 * @throws {InputError} Where pip fails; one line that says what is missing.
 */
export async function runPip(
  args: readonly string[],
  { list, title, environment }: {
    list: RequirementList;
    title: Component["title"];
    environment: Environment;
  },
): Promise<void> {
  const { project, python, scratch } = environment;
  const { download } = list;
  using progress = showProgress(title, { total: download, unit: "MB" });
  let done = 0;
  const timer = setInterval(() => {
    done = Math.max(done, Math.min(download - 1, Math.round(wheelBytes(scratch) / 1e6)));
    progress.update(done, done === download - 1 ? "unpacking" : "downloading");
  }, 500);
  try {
    const fixed = [
      "--disable-pip-version-check",
      "--no-input",
      "--no-deps",
      "--require-hashes",
      "--only-binary=:all:",
    ];
    const requirements = join(REQUIREMENTS, list.file);
    const pip = await runHolding(pythonLock(project), [
      python,
      "-m",
      "pip",
      ...args,
      ...fixed,
      "-r",
      requirements,
    ], {
      env: { TMPDIR: scratch },
    });
    if (!pip.success) throw new InputError(explainPip(pip.output));
    progress.update(download);
  } finally {
    clearInterval(timer);
  }
}

/** What to do about a failure of pip, in one line, from what it wrote. */
export function explainPip(output: string): string {
  if (/No space left on device|Errno 28|Disk quota exceeded/i.test(output)) {
    return "The disk is full: free some space, then run this again";
  }
  if (/THESE PACKAGES DO NOT MATCH THE HASHES/.test(output)) {
    return "A downloaded package is not the one that was pinned (damaged on the way, or another file on the index): " +
      "type `.venv/bin/python -m pip cache purge`, then run this again";
  }
  if (/CERTIFICATE_VERIFY_FAILED/.test(output)) {
    return "The package index shows a certificate that is not trusted here: name your network's own with PIP_CERT, " +
      "then run this again";
  }
  const host = output.match(/host='([^']+)'/)?.[1];
  if (
    host !== undefined ||
    /NewConnectionError|Failed to establish|timed? ?out|Network is unreachable/i.test(output)
  ) {
    return `The Python packages cannot be downloaded${host === undefined ? "" : ` from ${host}`}: ` +
      "connect to the network (or set pip's index or proxy), then run this again";
  }
  const missing = output.match(/No matching distribution found for (\S+)/)?.[1];
  if (missing !== undefined) {
    return `${missing} was not found for ${Deno.build.os} on ${Deno.build.arch}: connect to the network, ` +
      "or name an index that has it with PIP_INDEX_URL, then run this again";
  }
  const errors = output.split("\n").filter((line) => /error/i.test(line));
  return `pip failed: ${(errors.at(-1) ?? output.trim().split("\n").at(-1) ?? "").trim()}`;
}

/** The bytes of the wheels below a folder, whole or coming down; one that is in two places, as pip moves it, counts once. */
export function wheelBytes(folder: string): number {
  const sizes = new Map<string, number>();
  function add(folder: string): void {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      try {
        if (isDirectory) add(path);
        else if (name.endsWith(".whl")) {
          sizes.set(name, Math.max(sizes.get(name) ?? 0, Deno.statSync(path).size));
        }
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error; // pip has moved it on meanwhile.
      }
    }
  }
  add(folder);
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
