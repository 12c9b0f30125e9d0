import { createHash } from "node:crypto";
import { join } from "node:path";
import { InputError } from "../support/input_error.ts";
import { libraryName } from "./library.ts";
import type { Component } from "../support/setup/component.ts";
import { runPip, unpackWheels } from "../support/setup/pip.ts";

/** TensorFlow's shared library, and the CUDA libraries where it is to run on a GPU. */
export const TENSORFLOW: Component = {
  name: "tensorflow",
  title: "TensorFlow",
  lists: {
    cpu: { file: "training.txt", download: 273, megabytes: 1550 },
    gpu: { file: "training_gpu.txt", download: 3400, megabytes: 9700 },
  },
  isPresent(project) {
    return packagesIn(project).some((packages) => {
      const libraries = librariesIn(packages);
      return libraries.some(({ file }) => file.endsWith(`/${libraryName()}`)) &&
        libraries.every(({ file, wheels }) => wheels.some(({ size }) => size === sizeOf(file)));
    });
  },
  async isSound(project) {
    return await damagedIn(packagesIn(project)) === null;
  },
  async install(list, environment) {
    await runPip(unpackWheels(environment.packages), { list, title: this.title, environment });
    const damaged = await damagedIn([environment.packages]);
    if (damaged === null) return;
    throw new InputError(`${damaged} was damaged while it was written: check the disk, then run this again`);
  },
};

/** A library of TensorFlow's, and what it has to be: one of the wheels that were installed there, one upon the other. */
interface Library {
  file: string;
  wheels: { size: number; sha256: string }[];
}

/** The folders of Python packages of a project's environment. */
function packagesIn(project: string): string[] {
  const lib = join(project, ".venv", "lib");
  return namesIn(lib).map((python) => join(lib, python, "site-packages"));
}

/** The first library in folders of packages that is not as its wheel has it; null where all are. */
async function damagedIn(folders: readonly string[]): Promise<string | null> {
  for (const { file, wheels } of folders.flatMap(librariesIn)) {
    const found = await sha256Of(file);
    if (!wheels.some(({ sha256 }) => sha256 === found)) return file;
  }
  return null;
}

/** TensorFlow's libraries as its wheels list them in their RECORD (PEP 376). */
function librariesIn(packages: string): Library[] {
  const libraries = new Map<string, Library["wheels"]>();
  for (const name of namesIn(packages)) {
    if (!/^tensorflow(_cpu)?-[\d.]+\.dist-info$/.test(name)) continue;
    const lines = readOrEmpty(join(packages, name, "RECORD"))
      .matchAll(/^(tensorflow\/libtensorflow_[^,\n]+),sha256=([^,\n]+),(\d+)\r?$/gm);
    for (const [, path, sha256, size] of lines) {
      const wheels = libraries.get(path!) ?? [];
      libraries.set(path!, [...wheels, { size: Number(size), sha256: sha256! }]);
    }
  }
  return [...libraries].map(([path, wheels]) => ({ file: join(packages, path), wheels }));
}

/** SHA-256 in base64 for URLs, as a RECORD has it. */
async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  using source = await Deno.open(file);
  for await (const piece of source.readable) hash.update(piece);
  return hash.digest("base64url");
}

function sizeOf(file: string): number | undefined {
  return orMissing(() => Deno.statSync(file).size, undefined);
}

function readOrEmpty(file: string): string {
  return orMissing(() => Deno.readTextFileSync(file), "");
}

function namesIn(folder: string): string[] {
  return orMissing(() => [...Deno.readDirSync(folder)].map(({ name }) => name), []);
}

function orMissing<T>(read: () => T, missing: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return missing;
    throw error;
  }
}
