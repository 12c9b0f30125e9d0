import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../input_error.ts";
import { runHolding, runProgram } from "./run_program.ts";

/** The project's Python environment. */
export interface Environment {
  /** The folder of the project. */
  project: string;
  /** Its Python. */
  python: string;
  /** Where its packages go. */
  packages: string;
  /** A folder for what is needed only while something is installed; on the same disk as the packages. */
  scratch: string;
}

/** What set-up has to know of the machine's Python. */
export interface SystemPython {
  /** Major and minor version. */
  version: readonly [number, number];
  /** Whether it can make environments (Debian and Ubuntu ship that half as python3-venv). */
  canMakeEnvironments: boolean;
  /** Whether the machine shows an NVIDIA GPU. Asked of Python because Deno hides /dev from a program without all rights. */
  hasGpu: boolean;
}

const PROBE = `
import glob, importlib.util, json, os, sys
print(json.dumps({
    "version": sys.version_info[:2],
    "canMakeEnvironments": all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip")),
    "hasGpu": bool(glob.glob("/dev/nvidia[0-9]*")) or os.path.exists("/usr/lib/wsl/lib/libcuda.so.1"),
}))`;
import { ifMissing } from "../if_missing.ts";

/**
 * Asks the machine's `python3` what it can do.
 *
 * @throws {InputError} Where it is missing, broken, older than 3.10 or without its half that makes environments; the
 * message says what to type.
 */
export async function inspectPython(): Promise<SystemPython> {
  const install = Deno.build.os === "darwin"
    ? "`brew install python3`"
    : "`apt install python3 python3-venv` as root (or what your system has for it)";
  const again = "then run this again";
  const probe = await runProgram("python3", ["-c", PROBE]).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new InputError(`python3 is missing: type ${install}, ${again}`);
  });
  if (!probe.success) {
    throw new InputError(`python3 does not work (${probe.lastLine}): type ${install}, ${again}`);
  }
  const python: SystemPython = JSON.parse(probe.output);
  const [major, minor] = python.version;
  if (major < 3 || minor < 10) {
    throw new InputError(
      `python3 is version ${major}.${minor}, but 3.10 or newer is needed: type ${install}, ${again}`,
    );
  }
  if (!python.canMakeEnvironments) {
    throw new InputError(`python3-venv is missing: type \`apt install python3-venv\` as root, ${again}`);
  }
  return python;
}

/** The file that Python holds while it works on a project's environment. */
export function pythonLock(project: string): string {
  return join(project, "data", ".setup.python.lock");
}

/**
 * Opens the project's `.venv`, which is made first where it is missing or was left half-made.
 *
 * @throws {InputError} Where a `.venv` stands there that set-up has not made, or where Python cannot make one.
 */
export async function openEnvironment(project: string): Promise<Environment> {
  const folder = join(project, ".venv");
  const made = join(folder, "stamps", "environment");
  const python = join(folder, "bin", "python");
  if (!existsSync(made) || !existsSync(python)) {
    if (
      existsSync(folder) && !existsSync(join(folder, "stamps")) && [...Deno.readDirSync(folder)].length > 0
    ) {
      throw new InputError(`${folder} was not made by set-up: move it away, then run this again`);
    }
    await removeFolder(folder);
    await Deno.mkdir(join(folder, "stamps"), { recursive: true });
    const venv = await runHolding(pythonLock(project), ["python3", "-m", "venv", folder]);
    if (!venv.success) throw new InputError(`python3 cannot make ${folder}: ${venv.lastLine}`);
    await Deno.writeTextFile(made, "");
  }
  const [version] = [...Deno.readDirSync(join(folder, "lib"))].map((entry) => entry.name);
  const packages = join(folder, "lib", version!, "site-packages");
  const scratch = join(folder, "scratch");
  await removeFolder(scratch);
  await Deno.mkdir(scratch);
  return { project, python, packages, scratch };
}

/** Removes a folder with all that is in it, if it is there. */
export async function removeFolder(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(ifMissing);
}
