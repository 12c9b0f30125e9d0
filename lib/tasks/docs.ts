import { join } from "node:path";
import { exportedModules } from "../support/exported_modules.ts";
import { InputError } from "../support/input_error.ts";
import { PROJECT, SCRATCH } from "../support/project.ts";
import { defineTask, runTask } from "./_command.ts";

const docs = defineTask("docs", {
  description:
    "Writes the library's documentation as web pages, a page for each function, class and type that it exports, into " +
    ".artefacts/docs.",
  examples: [["deno task docs", "writes .artefacts/docs/index.html"]],
}).action(async () => {
  const folder = join(SCRATCH, "docs");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--html", "--name=Thorax", `--output=${folder}`, ...Object.values(exportedModules())],
    cwd: PROJECT,
    stdout: "null",
  }).output();
  if (!success) {
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    throw new InputError(`deno doc failed: ${lines.at(-1)}`);
  }
  console.log(`Wrote ${join(folder, "index.html")}`);
});

if (import.meta.main) await runTask(docs);
