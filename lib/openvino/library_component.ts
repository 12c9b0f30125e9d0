import type { Component } from "../support/setup/component.ts";
import { runPip, unpackWheels } from "../support/setup/pip.ts";
import { checkOpenvinoPlatform, openvinoFileIn } from "./library.ts";

/** OpenVINO, the inference engine that `--engine openvino` scores with. */
export const OPENVINO: Component = {
  name: "openvino",
  title: "OpenVINO",
  lists: { cpu: { file: "openvino.txt", download: 60, megabytes: 250 } },
  isPresent: (project) => openvinoFileIn(project) !== null,
  async install(list, environment) {
    checkOpenvinoPlatform(Deno.build);
    await runPip(unpackWheels(environment.packages), { list, title: this.title, environment });
  },
};
