import { join, resolve } from "node:path";
import { permissionFlags } from "../../lib/tasks/_permissions.ts";
import { RIGHTS } from "../../lib/tasks/_rights.ts";
import { temporaryFolder } from "../_folders.ts";

const PROJECT = resolve(import.meta.dirname!, "../..");
const LINKED = ["lib", "deno.json", "deno.lock", "node_modules", ".venv"];

/** How a task ended. */
export interface Ending {
  code: number;
  stdout: string;
  stderr: string;
}

/** How a task is started. */
export interface StartOptions {
  /** A shell's command that runs the task as `"$@"`, such as `ulimit -f 100; "$@"`. */
  shell?: string;
}

/** A project of its own, with empty folders for caches and runs, whose programs are this project's. */
export interface TestProject extends AsyncDisposable {
  path: string;
  /** Starts a task's program with the permissions that `deno task` gives it; set-up is left out. */
  start(task: string, args: readonly string[], options?: StartOptions): Promise<Deno.ChildProcess>;
  /** The same, to its end. */
  run(task: string, args: readonly string[], options?: StartOptions): Promise<Ending>;
}

/** Makes a project of its own. */
export async function testProject(): Promise<TestProject> {
  const folder = await temporaryFolder();
  const { path } = folder;
  for (const name of LINKED) await Deno.symlink(join(PROJECT, name), join(path, name));

  async function start(
    task: string,
    args: readonly string[],
    { shell }: StartOptions = {},
  ): Promise<Deno.ChildProcess> {
    // What is read, loaded and run lies in both, since the project's links lead to the real one.
    const permissions = (await permissionFlags(RIGHTS[task]!, args)).map((flag) => {
      const [name, list] = flag.split("=");
      const moved = flag.replaceAll(PROJECT, path);
      return list !== undefined && ["--allow-read", "--allow-ffi", "--allow-run"].includes(name!)
        ? `${moved},${list}`
        : moved;
    });
    const program = [
      "run",
      "--no-check",
      "--no-prompt",
      "--frozen",
      ...permissions,
      RIGHTS[task]!.program ?? `lib/tasks/${task}.ts`,
    ];
    const words = [Deno.execPath(), ...program, ...args];
    const [command, ...rest] = shell === undefined ? words : ["sh", "-c", shell, "sh", ...words];
    return new Deno.Command(command!, {
      args: rest,
      cwd: path,
      env: { NO_COLOR: "1", INIT_CWD: path },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  return {
    path,
    start,
    run: async (...given) => endingOf(await start(...given)),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Waits for a process to end. */
export async function endingOf(process: Deno.ChildProcess): Promise<Ending> {
  const { code, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
