/** How a program ended. */
export interface Ending {
  /** Whether its exit status was 0. */
  success: boolean;
  /** What it wrote to standard output, then to standard error. */
  output: string;
  /** The last line of that with anything on it. */
  lastLine: string;
}

/** Waits for nobody to have a file exclusively, then becomes another program, which has it for itself and others like it. */
const HOLD =
  "import fcntl, os, sys; held = os.open(sys.argv[1], os.O_RDONLY); fcntl.flock(held, fcntl.LOCK_SH); " +
  "os.set_inheritable(held, True); os.execvp(sys.argv[2], sys.argv[2:])";

/**
 * Runs a program by the machine's python3, which holds a lock until it has ended, also where this process is killed
 * before. Deno lets no program write where it may run what lies there, so the environment's Python is started this way too.
 *
 * @param lock The file that is locked.
 */
export function runHolding(
  lock: string,
  program: readonly string[],
  options: { env?: Record<string, string> } = {},
): Promise<Ending> {
  return runProgram("python3", ["-c", HOLD, lock, ...program], options);
}

/** Runs a program to its end and keeps what it writes. Variables in `env` are added to its environment. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<Ending> {
  const command = new Deno.Command(program, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return { success, output, lastLine: lines.at(-1)?.trim() ?? "it said nothing" };
}
