import { resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname!, "../..");

/** How a script in a process of its own ended. */
export interface ScriptResult {
  code: number;
  output: string;
  error: string;
}

/** Runs TypeScript in a process of its own; `lib` there is the address of `lib/tensorflow/`. */
export async function runScript(code: string, env: Record<string, string> = {}): Promise<ScriptResult> {
  const lib = JSON.stringify(new URL("../../lib/tensorflow/", import.meta.url).href);
  const process = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", resolve(PROJECT, "deno.json"), "--ext=ts", `const lib = ${lib};${code}`],
    env: { NO_COLOR: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return {
    code: process.code,
    output: decoder.decode(process.stdout),
    error: decoder.decode(process.stderr),
  };
}
