import { join } from "node:path";
import { PROJECT } from "../support/project.ts";
import { libraryFile, libraryIn } from "./library.ts";

/** Where TensorFlow's library goes, and for which device. */
export interface EnsureTensorFlowOptions {
  /** The folder that is made for it. Default: `.tensorflow` in the current folder. */
  folder?: string;
  /** With or without the CUDA libraries. Default: with them where the machine shows an NVIDIA GPU. */
  device?: "cpu" | "gpu";
}

/**
 * Makes sure that TensorFlow's library is there, for a program that no `deno task setup` was run for: takes the file that
 * `TENSORFLOW_LIBRARY` names, else this project's own, else what an earlier call installed, else installs it from
 * PyPI, pinned by hash (0.3 GB to download; 3.4 GB for a GPU). To be called before the first operation. To install,
 * it needs `python3` with its module venv, and the permissions to run it, to write into the folder and
 * to ask for the free space (`--allow-run=python3 --allow-write --allow-sys=statfs`).
 *
 * @example
 * ```ts
 * import { ensureTensorFlow, tf } from "./mod.ts";
 *
 * await ensureTensorFlow();
 * tf.add(1, 2).print();
 * ```
 *
 * @returns The library's file; `TENSORFLOW_LIBRARY` names it from now on.
 * @throws {InputError} Where `TENSORFLOW_LIBRARY` names no file, or Python, the network or disk space is missing; one
 * line that says what to type.
 */
export async function ensureTensorFlow(
  { folder = join(Deno.cwd(), ".tensorflow"), device }: EnsureTensorFlowOptions = {},
): Promise<string> {
  const file = foundLibrary(folder) ?? await install(folder, device);
  Deno.env.set("TENSORFLOW_LIBRARY", file);
  return file;
}

function foundLibrary(folder: string): string | null {
  return Deno.env.get("TENSORFLOW_LIBRARY") ? libraryFile() : libraryIn(PROJECT) ?? libraryIn(folder);
}

async function install(folder: string, device: "cpu" | "gpu" | undefined): Promise<string> {
  // What installs is loaded only where something is to be installed.
  const [{ TENSORFLOW }, { setUp }] = await Promise.all([
    import("./library_component.ts"),
    import("../support/setup/set_up.ts"),
  ]);
  await Deno.mkdir(folder, { recursive: true });
  await setUp([TENSORFLOW], {
    device,
    project: folder,
    announcement: `Setting up, once: TensorFlow's library goes into ${folder}.`,
  });
  return libraryIn(folder)!;
}
