/** How a program ended. */
export interface Ending {
  /** Whether its exit status was 0. */
  success: boolean;
  /** What it wrote to standard output, then to standard error. */
  output: string;
  /** The last line of that with anything on it. */
  lastLine: string;
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
