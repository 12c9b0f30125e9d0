import { join } from "node:path";
import { libraryName } from "../../lib/tensorflow/library.ts";

/** Where the benchmark keeps the peers and what it makes; ignored by git. */
export function benchFolder(project: string): string {
  return join(project, ".bench");
}

/** The Python environment of the peers. */
export function peerEnvironment(project: string): string {
  return join(benchFolder(project), "python");
}

/** The folder of the peers' packages; null where there is no environment. */
export function peerPackages(project: string): string | null {
  const lib = join(peerEnvironment(project), "lib");
  try {
    const python = [...Deno.readDirSync(lib)].find(({ name }) => name.startsWith("python"));
    return python === undefined ? null : join(lib, python.name, "site-packages");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** TensorFlow's library among the peers' packages: both sides use this one file. */
export function peerLibrary(project: string): string | null {
  const packages = peerPackages(project);
  return packages === null ? null : join(packages, "tensorflow", libraryName());
}
