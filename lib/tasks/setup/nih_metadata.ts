import { join } from "node:path";
import { unzipSync } from "fflate";
import { writeAtomically } from "../../support/write_atomically.ts";
import type { Component } from "../../support/setup/component.ts";
import { runPip } from "../../support/setup/pip.ts";

const FILES = [
  "Data_Entry_2017_v2020.csv.gz",
  "BBox_List_2017.csv.gz",
  "google2019_nih-chest-xray-labels.csv.gz",
];

/**
 * The NIH's metadata of all 112,120 images, its boxes, and the labels that radiologists adjudicated for 4,376 images
 * (Majkowska et al., 2020), into `data/nih/`.
 */
export const NIH_METADATA: Component = {
  name: "nih_metadata",
  title: "NIH metadata",
  lists: { cpu: { file: "metadata.txt", download: 29, megabytes: 38 } },
  isPresent(project) {
    const present = names(join(project, "data", "nih"));
    return FILES.every((file) => present.has(file));
  },
  async install(list, environment) {
    const { project, scratch } = environment;
    const folder = join(scratch, "wheel");
    await runPip(["download", "--dest", folder], { list, title: this.title, environment });
    const [wheel] = names(folder);
    const contents = unzipSync(await Deno.readFile(join(folder, wheel!)), {
      filter: ({ name }) => FILES.some((file) => name.endsWith(`/data/${file}`)),
    });
    for (const [name, content] of Object.entries(contents)) {
      await writeAtomically(join(project, "data", "nih", name.split("/").at(-1)!), content);
    }
  },
};

function names(folder: string): Set<string> {
  try {
    return new Set([...Deno.readDirSync(folder)].map((entry) => entry.name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
}
