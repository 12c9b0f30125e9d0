import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Component } from "../../support/setup/component.ts";
import { runPip } from "../../support/setup/pip.ts";

/** Other programs that run, convert and compare notebooks, which only the tests need; JupyterLab comes first. */
export const NOTEBOOK_CLIENTS: Component = {
  name: "notebook-clients",
  title: "Notebook clients",
  lists: { cpu: { file: "notebook_clients.txt", download: 63, megabytes: 200 } },
  isPresent(project) {
    const files = ["papermill", "jupyter-console", "jupytext", "nbdiff", "playwright"];
    return files.every((file) => existsSync(join(project, ".venv", "bin", file)));
  },
  async install(list, environment) {
    await runPip(["install", "--no-compile"], { list, title: this.title, environment });
  },
};
