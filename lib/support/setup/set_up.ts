import { statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../input_error.ts";
import { type Component, type Device, listFor, readStamp, removeStamp, writeStamp } from "./component.ts";
import { inspectPython, openEnvironment, pythonLock, removeFolder } from "./environment.ts";
import { PROJECT } from "../project.ts";

/** What is set up, and where. */
export interface SetUpOptions {
  /** The device that the user asks for; else what an earlier set-up chose, else a GPU where the machine shows one. */
  device?: Device | undefined;
  /** The folder in whose `.venv` things go. Default: that of the project. */
  project?: string;
  /** Whether what is there is read whole and compared with what was installed. Default: its sizes are looked at only. */
  check?: boolean;
  /** What is said before anything is installed. */
  announcement?: string;
}

const ANNOUNCEMENT = "Setting up, once: Python packages go into .venv, the NIH's metadata into data/nih.";

/**
 * Installs what is missing of some components into the project's folder. Does nothing where all is there. What a
 * set-up that was cut off has left is finished or made anew; two at once wait for each other.
 *
 * @returns Whether anything was installed.
 * @throws {InputError} Where Python, the network or disk space is missing; one line that says what to type.
 */
export async function setUp(components: readonly Component[], options: SetUpOptions = {}): Promise<boolean> {
  const { device, project = PROJECT, check = false, announcement = ANNOUNCEMENT } = options;
  const damaged = check ? await damagedOf(components, project) : [];
  const missing = () =>
    components.filter((component) =>
      damaged.includes(component) || !isInstalled(component, { project, device })
    );
  if (missing().length === 0) return false;
  checkPlatform(Deno.build);
  using _lock = await lock(join(project, "data", ".setup.lock"));
  // The Python of a set-up that was killed works on: nothing may be done beside it.
  (await lock(pythonLock(project)))[Symbol.dispose]();
  const wanted = missing();
  if (wanted.length === 0) return false;

  const { hasGpu } = await inspectPython();
  const canUseGpu = Deno.build.os === "linux" && Deno.build.arch === "x86_64";
  if (device === "gpu" && !canUseGpu) {
    throw new InputError("--gpu needs Linux on x64: there are no CUDA packages for this machine");
  }
  const earlier = wanted.map((component) => readStamp(component, project)?.device).find((stamped) => stamped);
  const chosen = device ?? earlier ?? (hasGpu && canUseGpu ? "gpu" : "cpu");
  checkSpace(project, wanted.map((component) => listFor(component, chosen).megabytes));
  console.error(announcement);
  const environment = await openEnvironment(project);
  try {
    for (const component of wanted) {
      await removeStamp(component, project);
      await component.install(listFor(component, chosen), environment);
      await writeStamp(component, { project, device: chosen });
    }
  } finally {
    await removeFolder(environment.scratch);
  }
  const titles = wanted.map(({ title, lists }) =>
    lists.gpu ? `${title} for the ${chosen.toUpperCase()}` : title
  );
  console.error(`Ready: ${titles.join(", ")}.`);
  return true;
}

/** Those components that are installed, but have other bytes than were installed; each is named. */
async function damagedOf(components: readonly Component[], project: string): Promise<Component[]> {
  const damaged: Component[] = [];
  for (const component of components) {
    if (!isInstalled(component, { project, device: undefined })) continue;
    if (await component.isSound?.(project) ?? true) continue;
    console.error(`${component.title} is not as it was installed (by SHA-256): it is installed again.`);
    damaged.push(component);
  }
  return damaged;
}

/**
 * Does nothing where TensorFlow publishes its library for an operating system and processor.
 *
 * @throws {InputError} Elsewhere, with what to use instead.
 */
export function checkPlatform({ os, arch }: { os: string; arch: string }): void {
  if (os === "windows") {
    throw new InputError("TensorFlow's library is not published for Windows: run this project in WSL 2");
  }
  const published = os === "linux" || (os === "darwin" && arch === "aarch64");
  if (published) return;
  throw new InputError(
    `TensorFlow's library is not published for ${os} on ${arch}: use Linux on x64 or arm64, or macOS on arm64`,
  );
}

/** Whether a component is there as its list asks for it, on any device where none is named. */
export function isInstalled(
  component: Component,
  { project, device }: { project: string; device: Device | undefined },
) {
  const stamp = readStamp(component, project);
  if (stamp === null || !stamp.isCurrent) return false;
  return device === undefined || listFor(component, device) === listFor(component, stamp.device);
}

async function lock(path: string): Promise<Disposable> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { write: true, create: true });
  if (!await file.tryLock(true)) {
    console.error("Waiting for another set-up of this folder to end ...");
    await file.lock(true);
  }
  return file;
}

function checkSpace(project: string, megabytes: readonly number[]): void {
  const needed = megabytes.reduce((sum, value) => sum + value, 0);
  const { bavail, bsize } = statfsSync(project);
  const free = bavail * bsize / 1e6;
  if (free >= needed) return;
  throw new InputError(
    `${project}: set-up needs ${gigabytes(needed)} of disk space and ${gigabytes(free)} are free: ` +
      "free some, then run this again",
  );
}

function gigabytes(megabytes: number): string {
  return `${(megabytes / 1000).toFixed(1)} GB`;
}
