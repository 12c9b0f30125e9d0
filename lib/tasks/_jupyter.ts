import { join } from "node:path";
import { writeAtomically } from "../support/write_atomically.ts";
import { PROJECT } from "../support/project.ts";

/** The program between Jupyter's clients and Deno's own kernel. */
const RELAY = join(PROJECT, "lib", "notebook", "kernel", "kernel.py");

/** What is added to JupyterLab itself. */
const EXTENSION = join(PROJECT, "lib", "notebook", "labextension");

/**
 * What JupyterLab's own settings are in this project: nothing that asks the network for news or new versions, and controls
 * are stored with the state that they are in.
 */
const SETTINGS = {
  "@jupyterlab/apputils-extension:notification": { checkForUpdates: false, fetchNews: "false" },
  "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true },
};

/**
 * Makes the Jupyter of a Python environment ready for the notebooks: registers the Deno that runs this program as
 * kernel `deno` inside the environment (the user's home is left alone), turns off questions to the network, and adds the
 * project's extension of JupyterLab.
 */
export async function prepareJupyter(venv: string): Promise<void> {
  const share = join(venv, "share", "jupyter");
  const kernel = {
    argv: [join(venv, "bin", "python"), RELAY, "{connection_file}", Deno.execPath()],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: "message",
    env: { NO_COLOR: "1" },
  };
  await writeAtomically(
    join(share, "kernels", "deno", "kernel.json"),
    JSON.stringify(kernel, null, 2) + "\n",
  );
  await writeAtomically(
    join(share, "lab", "settings", "overrides.json"),
    JSON.stringify(SETTINGS, null, 2) + "\n",
  );
  for (const file of ["package.json", "static/unchanged.js"]) {
    const text = await Deno.readTextFile(join(EXTENSION, file));
    await writeAtomically(join(share, "labextensions", "thorax-unchanged", file), text);
  }
}

/** Variables for every Jupyter program: its environment's kernels come before those in the user's home. */
export const JUPYTER_VARIABLES: Readonly<Record<string, string>> = { JUPYTER_PREFER_ENV_PATH: "1" };

/**
 * The command line that starts JupyterLab on the notebooks, without the program's name.
 *
 * @param more Arguments of `jupyter lab` that are added, such as `--no-browser`.
 */
export function jupyterLabArguments(more: readonly string[]): string[] {
  return [
    `--ServerApp.root_dir=${PROJECT}`,
    "--LabApp.default_url=/lab/tree/notebooks",
    "--LabApp.extension_manager=readonly",
    ...(Deno.uid() === 0 ? ["--allow-root"] : []),
    ...more,
  ];
}
