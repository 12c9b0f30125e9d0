import { resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname!, "../..");

/** How a script in a process of its own ended. */
export interface ScriptResult {
  code: number;
  output: string;
  error: string;
}

/** How a script is run. */
export interface ScriptOptions {
  /** Variables that are added to its environment. */
  env?: Record<string, string>;
  /** Deno's flags of permissions. Default: all. */
  permissions?: readonly string[];
}

/** Runs TypeScript in a process of its own; `lib` there is the address of `lib/tensorflow/`. */
export async function runScript(
  code: string,
  { env = {}, permissions = ["--allow-all"] }: ScriptOptions = {},
): Promise<ScriptResult> {
  const lib = JSON.stringify(new URL("../../lib/tensorflow/", import.meta.url).href);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--ext=ts", ...permissions, "-"],
    cwd: PROJECT,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`const lib = ${lib};${code}`));
  await writer.close();
  const { code: status, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  return { code: status, output: decoder.decode(stdout), error: decoder.decode(stderr) };
}
