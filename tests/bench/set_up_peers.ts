import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../lib/support/input_error.ts";
import { peerEnvironment, peerLibrary, peerPackages } from "./folder.ts";
import type { Component, RequirementList } from "../../lib/support/setup/component.ts";
import type { Environment } from "../../lib/support/setup/environment.ts";
import { runPip } from "../../lib/support/setup/pip.ts";
import { runProgram } from "../../lib/support/setup/run_program.ts";

/** Keras, pandas, scikit-learn and Pillow with all that they need, in an environment of their own in `.bench`. */
export const PEERS: Component = {
  name: "peers",
  title: "Keras and other peers",
  lists: { cpu: { file: "bench.txt", download: 800, megabytes: 2300 } },
  isPresent(project) {
    const library = peerLibrary(project);
    return library !== null && existsSync(library);
  },
  async install(list, environment) {
    const folder = peerEnvironment(environment.project);
    const venv = await runProgram("python3", ["-m", "venv", "--clear", folder]);
    if (!venv.success) throw new InputError(`python3 cannot make ${folder}: ${venv.lastLine}`);
    const [, version] = /python3\.(\d+)/.exec(peerPackages(environment.project)!)!;
    if (Number(version) < 11) {
      throw new InputError(`python3 is version 3.${version}, but Keras needs 3.11 or newer`);
    }
    await installPeers(list, environment, this.title);
  },
};

/** PyTorch beside them. On Linux with x64 its wheel wants CUDA's libraries, which come with it. */
export const PYTORCH: Component = {
  name: "pytorch",
  title: "PyTorch",
  lists: { cpu: { file: "bench_torch.txt", download: 2500, megabytes: 5000 } },
  isPresent(project) {
    const packages = peerPackages(project);
    return packages !== null && existsSync(join(packages, "torch", "__init__.py"));
  },
  install(list, environment) {
    return installPeers(list, environment, this.title);
  },
};

function installPeers(list: RequirementList, environment: Environment, title: string): Promise<void> {
  const python = join(peerEnvironment(environment.project), "bin", "python");
  return runPip(["install", "--no-compile"], { list, title, environment: { ...environment, python } });
}
