import { join } from "node:path";
import { defineTask, integerOption, runTask } from "./_command.ts";
import { JUPYTER_VARIABLES, jupyterLabArguments, prepareJupyter } from "./_jupyter.ts";
import { PROJECT } from "../support/project.ts";

/** What `deno task lab` may be told. */
export interface LabOptions {
  /** Whether a browser is opened. */
  browser: boolean;
  /** The port on this machine; JupyterLab takes the next free one where it is taken. */
  port?: number;
}

/** Opens JupyterLab on the notebooks and stays until it ends. */
export async function lab({ browser, port }: LabOptions): Promise<void> {
  const venv = join(PROJECT, ".venv");
  await prepareJupyter(venv);
  const jupyter = new Deno.Command(join(venv, "bin", "jupyter-lab"), {
    args: jupyterLabArguments([
      ...(browser ? [] : ["--no-browser"]),
      ...(port === undefined ? [] : [`--port=${port}`]),
    ]),
    cwd: PROJECT,
    env: JUPYTER_VARIABLES,
  }).spawn();
  const leaveToJupyter = () => {};
  const endJupyter = () => jupyter.kill("SIGTERM");
  Deno.addSignalListener("SIGINT", leaveToJupyter);
  Deno.addSignalListener("SIGTERM", endJupyter);
  const { code } = await jupyter.status;
  Deno.exit(code);
}

const task = defineTask("lab", {
  description:
    "Opens the notebooks in JupyterLab. The first time, it sets up JupyterLab and the Deno kernel in " +
    "the project's own .venv. Ctrl-C, twice, ends it.",
  examples: [
    ["deno task lab", "opens JupyterLab in the browser"],
    ["deno task lab --no-browser --port 8890", "prints the address to open, for example from VS Code"],
  ],
})
  .option("--no-browser", "do not open a browser; the address is printed")
  .addOption(
    integerOption("--port <n>", { description: "the port to listen on", minimum: 1, maximum: 65535 }),
  )
  .action(lab);

if (import.meta.main) await runTask(task);
