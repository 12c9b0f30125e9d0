import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Component } from "../../support/setup/component.ts";
import { runPip } from "../../support/setup/pip.ts";

/** JupyterLab with the extensions that draw Plotly figures and controls, and nbclient, which runs notebooks without a browser. */
export const JUPYTERLAB: Component = {
  name: "jupyterlab",
  title: "JupyterLab",
  lists: { cpu: { file: "lab.txt", download: 100, megabytes: 260 } },
  isPresent(project) {
    const files = [
      "bin/jupyter-lab",
      "share/jupyter/lab/static/index.html",
      "share/jupyter/labextensions/jupyterlab-plotly",
      "share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager",
    ];
    return files.every((file) => existsSync(join(project, ".venv", file)));
  },
  async install(list, environment) {
    await runPip(["install", "--no-compile"], { list, title: this.title, environment });
  },
};
