import { join } from "node:path";
import { PROJECT } from "../support/project.ts";
import { asksForHelp, isGiven, wantsOpenvino, withSplitFile } from "./_arguments.ts";
import {
  argumentsOfWorker,
  freePorts,
  gpusOfMachine,
  localWorkers,
  variablesOfWorker,
} from "./_local_workers.ts";
import { permissionFlags } from "./_permissions.ts";
import { RESTART_STATUS, restartArguments } from "./_restarts.ts";
import { RIGHTS, type Rights, type SetUpPart } from "./_rights.ts";
import { wantsImageNet } from "./_settings_named.ts";

// `start.ts NAME ARGUMENTS...` starts a task: sets up what is missing, then runs the task's program with the rights
// that it needs for these arguments, and no others. Every task passes through here, so that little may be loaded.

/** The signals that end a task; `deno task` and a terminal send them here as well. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Milliseconds that workers have to end after one has failed; who has not met it yet may wait for it for ever. */
const GRACE = 20_000;

const [name, ...given] = Deno.args;
const rights = RIGHTS[name ?? ""];
const args = rights?.paths && "--split-file" in rights.paths ? withSplitFile(given) : given;
if (name === undefined || rights === undefined) {
  console.error(`error: there is no task "${name}"`);
  Deno.exit(1);
}
if (!asksForHelp(args)) await setUp(rights, args);
const localCount = rights.workers ? localWorkers(args) : null;
Deno.exit(
  localCount === null || asksForHelp(args) ? await run(name, args) : await runWorkers(name, localCount),
);

/** Sets up what a task needs and what is not there yet; ends with set-up's status where that fails. */
async function setUp(rights: Rights, args: readonly string[]): Promise<void> {
  const given = await setUpArguments(rights, args);
  const code = given === null ? 0 : await run("setup", given);
  if (code !== 0) Deno.exit(code);
}

/** The arguments that set-up is to be called with before a task; null where all that the task needs is there. */
async function setUpArguments(
  { needs = [], readsSettings, engine }: Rights,
  args: readonly string[],
): Promise<string[] | null> {
  const parts = [
    ...needs,
    ...(readsSettings && await wantsImageNet(args) ? ["imagenet" as const] : []),
    ...(engine && wantsOpenvino(args) ? ["openvino" as const] : []),
  ];
  if (parts.length === 0) return null;
  // Its name is a value, so that Deno does not look for packages where nothing has to be set up.
  const file = "./setup/parts.ts";
  const { isSetUp } = await import(file) as typeof import("./setup/parts.ts");
  if (parts.every(isSetUp)) return null;
  if (!parts.includes("tensorflow")) return ["--metadata"];
  const optional: readonly SetUpPart[] = ["lab", "imagenet", "openvino", "clients"];
  return parts.filter((part) => optional.includes(part)).map((part) => `--${part}`);
}

/** Runs a task's program to its end and gives its exit status. To say what a task does, nothing has to be run. */
async function run(name: string, args: readonly string[]): Promise<number> {
  return await statusOf([{ name, args }]);
}

/** Runs a task as several workers on this machine. Where one fails, the others have `GRACE` to end as well. */
async function runWorkers(name: string, count: number): Promise<number> {
  const ports = await freePorts(count);
  const machine = {
    cores: navigator.hardwareConcurrency,
    gpus: await gpusOfMachine(),
    variables: Deno.env.toObject(),
  };
  return await statusOf(ports.map((_, index) => ({
    name,
    args: argumentsOfWorker(args, { index, ports }),
    env: variablesOfWorker(index, { count, machine }),
  })));
}

/** A task's program to be run. */
interface Program {
  name: string;
  args: readonly string[];
  env?: Record<string, string>;
}

async function start({ name, args, env = {} }: Program): Promise<Deno.ChildProcess> {
  const rights = { ...RIGHTS[name]!, ...(asksForHelp(args) ? { runs: [] } : {}) };
  const program = join(PROJECT, rights.program ?? `lib/tasks/${name}.ts`);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--no-prompt", ...await permissionFlags(rights, args), program, ...args],
    env,
    stdin: "inherit",
  }).spawn();
}

/**
 * Runs programs, each again as often as it asks for it without the workers that are gone, and gives the exit status of
 * the first that failed, or 0. Where workers may go on without others, one that comes to its end is enough.
 */
async function statusOf(programs: readonly Program[]): Promise<number> {
  const running = new Set<Deno.ChildProcess>();
  let isSignalled = false;
  const handOn = SIGNALS.map((signal) =>
    [signal, () => {
      isSignalled = true;
      running.forEach((task) => sendSignal(task, signal));
    }] as const
  );
  for (const [signal, listener] of handOn) Deno.addSignalListener(signal, listener);
  const isElastic = programs.length > 1 && programs.some(({ args }) => isGiven("--elastic", args));
  let failed = 0;
  let hasEnded = false;
  const timers: ReturnType<typeof setTimeout>[] = [];

  async function follow(program: Program): Promise<number> {
    const task = await start(program);
    running.add(task);
    const { code } = await task.status;
    running.delete(task);
    if (code !== RESTART_STATUS || isSignalled || !RIGHTS[program.name]!.workers) return code;
    return await follow({ ...program, args: restartArguments(program.args, Deno.env.get("TF_CONFIG")) });
  }

  await Promise.all(programs.map(async (program, index) => {
    const code = await follow(program);
    if (code === 0) hasEnded = true;
    if (code === 0 || failed !== 0 && !isElastic) return;
    failed ||= code;
    const others = [...running];
    timers.push(setTimeout(() => {
      const left = others.filter((other) => running.has(other));
      if (left.length === 0) return;
      console.error(`error: worker ${index} is gone, and the others wait for it: start all workers again`);
      left.forEach((other) => sendSignal(other, "SIGKILL"));
    }, GRACE));
  }));
  timers.forEach(clearTimeout);
  for (const [signal, listener] of handOn) Deno.removeSignalListener(signal, listener);
  return isElastic && hasEnded && !isSignalled ? 0 : failed;
}

function sendSignal(task: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    task.kill(signal);
  } catch {
    // It has ended.
  }
}
