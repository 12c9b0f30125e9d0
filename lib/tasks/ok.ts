import { PROJECT } from "../support/project.ts";
import { defineTask, runTask } from "./_command.ts";

/** What is checked, in this order, as arguments of `deno`. */
const CHECKS = [
  ["fmt", "--check"],
  ["lint"],
  ["check"],
  ["task", "--quiet", "rooms"],
  ["task", "--quiet", "test"],
];

const ok = defineTask("ok", {
  description:
    "Checks format, style, types and the rooms' imports, then runs the tests. Stops at the first of these that fails, " +
    "with its exit status.",
  examples: [["deno task ok", "everything that a change has to pass"]],
}).action(async () => {
  for (const args of CHECKS) {
    const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: PROJECT }).spawn().status;
    if (code !== 0) Deno.exit(code);
  }
});

if (import.meta.main) await runTask(ok);
