import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PROJECT } from "../../lib/support/project.ts";
import { benchFolder, peerEnvironment, peerLibrary } from "./folder.ts";
import { type Side, startSide } from "./side.ts";

const SIDES = join(import.meta.dirname!, "sides");

/** Starts one of our sides, `sides/NAME.ts`, on the peers' file of TensorFlow's library. */
export function startOurs(
  name: string,
  env: Readonly<Record<string, string>> = {},
  before: readonly string[] = [],
): Side {
  const run = [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", join(SIDES, `${name}.ts`)];
  const [program, ...args] = [...before, ...run];
  return startSide({
    program: program!,
    args,
    env: { TENSORFLOW_LIBRARY: peerLibrary(PROJECT)!, ...gpuVariables(), ...env },
  });
}

/** Starts a side in Python, `sides/NAME.py`. */
export function startPython(
  name: string,
  env: Readonly<Record<string, string>> = {},
  before: readonly string[] = [],
): Side {
  const run = [join(peerEnvironment(PROJECT), "bin", "python"), join(SIDES, `${name}.py`)];
  const [program, ...args] = [...before, ...run];
  return startSide({
    program: program!,
    args,
    env: { PYTHONDONTWRITEBYTECODE: "1", ...gpuVariables(), ...env },
  });
}

/**
 * Runs one of the project's tasks from its command line, on the peers' file of TensorFlow's library.
 *
 * @throws {Error} Where it fails, with what it said.
 */
export async function runTask(task: string, ...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task, ...args],
    cwd: PROJECT,
    env: { TENSORFLOW_LIBRARY: peerLibrary(PROJECT)! },
  }).output();
  if (!success) throw new Error(`deno task ${task} failed:\n${new TextDecoder().decode(stderr)}`);
}

/** One of several workers, in TypeScript or Python, with one thread on a core of its own (as far as there are any). */
export function startWorker(side: "ours_worker" | "keras_worker", index: number): Side {
  const variables = { TENSORFLOW_THREADS: "1", OMP_NUM_THREADS: "1", CUDA_VISIBLE_DEVICES: "" };
  const pinned = Deno.build.os === "linux"
    ? ["taskset", "-c", `${index % navigator.hardwareConcurrency}`]
    : [];
  if (side === "ours_worker") return startOurs(side, variables, pinned);
  return startPython(side, variables, pinned);
}

/** Starts stock TensorFlow.js in Node on an addon. */
export function startNode(addon: string, env: Readonly<Record<string, string>> = {}): Side {
  return startSide({ program: "node", args: [join(SIDES, "tfjs_network.mjs"), tfjsFolder(), addon], env });
}

/** The package of TensorFlow.js for Node. */
export function tfjsFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node-gpu/package.json"));
}

/** A folder for what the benchmark makes and keeps, such as phantom images. */
export function madeFolder(name: string): string {
  return join(benchFolder(PROJECT), name);
}

/** Where the CUDA libraries of the project's own environment lie; the peers have none. */
function gpuVariables(): Record<string, string> {
  const nvidia = join(PROJECT, ".venv", "lib");
  const folders: string[] = [];
  for (const { name: python } of Deno.readDirSync(nvidia)) {
    const packages = join(nvidia, python, "site-packages", "nvidia");
    try {
      for (const { name } of Deno.readDirSync(packages)) folders.push(join(packages, name, "lib"));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return folders.length === 0 ? {} : { LD_LIBRARY_PATH: folders.join(":") };
}
