import { join } from "node:path";
import { libraryName } from "../../tensorflow/library.ts";
import type { Component } from "./component.ts";
import { runPip } from "./pip.ts";

/** TensorFlow's shared library, and the CUDA libraries where it is to run on a GPU. */
export const TENSORFLOW: Component = {
  name: "tensorflow",
  title: "TensorFlow",
  lists: {
    cpu: { file: "training.txt", megabytes: 1550 },
    gpu: { file: "training_gpu.txt", megabytes: 9700 },
  },
  isPresent(project) {
    const lib = join(project, ".venv", "lib");
    try {
      return [...Deno.readDirSync(lib)].some((python) =>
        Deno.statSync(join(lib, python.name, "site-packages", "tensorflow", libraryName())).isFile
      );
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  },
  async install(list, environment) {
    const args = [
      "install",
      "--upgrade",
      "--no-compile",
      "--python-version",
      "3.12",
      "--target",
      environment.packages,
    ];
    await runPip(args, { list, title: this.title, environment });
  },
};
