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
    "Checks the format, the style and the types of all code and which of it imports which, then runs the tests. Ends at the first of these that " +
    "fails, with its status.",
  examples: [["deno task ok", "checks everything, as a change has to pass it"]],
}).action(async () => {
  for (const args of CHECKS) {
    const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: PROJECT }).spawn().status;
    if (code !== 0) Deno.exit(code);
  }
});

if (import.meta.main) await runTask(ok);
