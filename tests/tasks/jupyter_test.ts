import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../lib/support/project.ts";
import { jupyterLabArguments, prepareJupyter } from "../../lib/tasks/_jupyter.ts";

Deno.test("the kernel is the relay to this Deno, registered in the environment, and JupyterLab asks nobody for news", async () => {
  const venv = await Deno.makeTempDir();
  try {
    await prepareJupyter(venv);
    const read = async (...path: string[]) =>
      JSON.parse(await Deno.readTextFile(join(venv, "share", "jupyter", ...path)));
    const { argv, interrupt_mode } = await read("kernels", "deno", "kernel.json");
    const relay = join(PROJECT, "lib", "notebook", "kernel", "kernel.py");
    assert.deepEqual(argv, [join(venv, "bin", "python"), relay, "{connection_file}", Deno.execPath()]);
    assert.equal(interrupt_mode, "message");
    assert.deepEqual(await read("lab", "settings", "overrides.json"), {
      "@jupyterlab/apputils-extension:notification": { checkForUpdates: false, fetchNews: "false" },
      "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true },
    });
  } finally {
    await Deno.remove(venv, { recursive: true });
  }
});

Deno.test("JupyterLab is started on the notebooks, with what is passed on", () => {
  const args = jupyterLabArguments(["--no-browser", "--port=8890"]);
  assert.deepEqual(args.slice(-2), ["--no-browser", "--port=8890"]);
  assert.ok(args.includes("--LabApp.default_url=/lab/tree/notebooks"));
});
