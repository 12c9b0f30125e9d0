import { join } from "node:path";
import { PROJECT } from "../support/project.ts";
import { asksForHelp } from "./_arguments.ts";
import { permissionFlags } from "./_permissions.ts";
import { RIGHTS, type Rights } from "./_rights.ts";
import { wantsImageNet } from "./_settings_named.ts";

// `start.ts NAME ARGUMENTS...` starts a task: sets up what is missing, then runs the task's program with the rights
// that it needs for these arguments, and no others. Every task passes through here, so that little may be loaded.

/** The signals that end a task; `deno task` and a terminal send them here as well. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const [name, ...args] = Deno.args;
const rights = RIGHTS[name ?? ""];
if (name === undefined || rights === undefined) {
  console.error(`error: there is no task "${name}"`);
  Deno.exit(1);
}
if (!asksForHelp(args)) await setUp(rights, args);
Deno.exit(await run(name, args));

/** Sets up what a task needs and what is not there yet; ends with set-up's status where that fails. */
async function setUp(rights: Rights, args: readonly string[]): Promise<void> {
  const given = await setUpArguments(rights, args);
  const code = given === null ? 0 : await run("setup", given);
  if (code !== 0) Deno.exit(code);
}

/** The arguments that set-up is to be called with before a task; null where all that the task needs is there. */
async function setUpArguments(
  { needs = [], readsSettings }: Rights,
  args: readonly string[],
): Promise<string[] | null> {
  const parts = [...needs, ...(readsSettings && await wantsImageNet(args) ? ["imagenet" as const] : [])];
  if (parts.length === 0) return null;
  // Its name is a value, so that Deno does not look for packages where nothing has to be set up.
  const file = "./setup/parts.ts";
  const { isSetUp } = await import(file) as typeof import("./setup/parts.ts");
  if (parts.every(isSetUp)) return null;
  if (!parts.includes("tensorflow")) return ["--metadata"];
  return parts.filter((part) => part === "lab" || part === "imagenet").map((part) => `--${part}`);
}

/** Runs a task's program to its end and gives its exit status. To say what a task does, nothing has to be run. */
async function run(name: string, args: readonly string[]): Promise<number> {
  const rights = { ...RIGHTS[name]!, ...(asksForHelp(args) ? { runs: [] } : {}) };
  const program = join(PROJECT, rights.program ?? `lib/tasks/${name}.ts`);
  const task = new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--no-prompt", ...await permissionFlags(rights, args), program, ...args],
    stdin: "inherit",
  }).spawn();
  const handOn = SIGNALS.map((signal) => [signal, () => task.kill(signal)] as const);
  for (const [signal, listener] of handOn) Deno.addSignalListener(signal, listener);
  const { code } = await task.status;
  for (const [signal, listener] of handOn) Deno.removeSignalListener(signal, listener);
  return code;
}
