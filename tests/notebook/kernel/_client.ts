import { join } from "node:path";
import { PROJECT } from "../../../lib/support/project.ts";
import { JUPYTER_VARIABLES, prepareJupyter } from "../../../lib/tasks/_jupyter.ts";

/** What a cell showed, as the protocol has it. */
export interface Output {
  kind: string;
  own?: boolean;
  text?: string;
  name?: string;
  ename?: string;
  evalue?: string;
  traceback?: string[];
  data?: Record<string, string>;
}

/** How a cell ended. */
export interface Executed {
  outputs: Output[];
  /** What came after it had ended, where that was waited for. */
  late: Output[];
  reply: { status: string; ename?: string; evalue?: string };
  alive: boolean;
}

/** A running kernel and a client of it. */
export interface Client extends AsyncDisposable {
  /** The client's process, whose descendants are the relay, the kernel and what knows TypeScript. */
  pid: number;
  /**
   * Runs a cell; seconds after which it is interrupted, or the text printed at which it is, and for which late outputs are waited may be given, or a text that
   * is waited for, half a minute at most.
   */
  execute(
    code: string,
    options?: { interrupt?: number; interruptAt?: string; then?: number; until?: string; cell?: string },
  ): Promise<Executed>;
  /** Kills the kernel, as the system would, once a cell has begun. */
  killDuring(code: string): Promise<void>;
  complete(code: string): Promise<{
    matches: string[];
    cursor_start: number;
    metadata: { _jupyter_types_experimental: { text: string; type: string; signature: string }[] };
  }>;
  inspect(code: string): Promise<{ found: boolean; data: Record<string, string> }>;
}

/** Starts the kernel `deno` of the project's Jupyter in a folder, as any client does. */
export async function startClient(
  { folder = join(PROJECT, "notebooks"), variables = {} }: {
    folder?: string;
    variables?: Record<string, string>;
  } = {},
): Promise<Client> {
  const venv = join(PROJECT, ".venv");
  await prepareJupyter(venv);
  const runtime = await Deno.makeTempDir({ prefix: "kernel-" });
  const python = new Deno.Command(join(venv, "bin", "python"), {
    args: [
      join(import.meta.dirname!, "_client.py"),
      folder,
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ],
    env: { ...JUPYTER_VARIABLES, JUPYTER_PATH: join(venv, "share", "jupyter"), JUPYTER_RUNTIME_DIR: runtime },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = python.stdin.getWriter();
  const reader = python.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const line = async () => {
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("The client has ended");
      text += value;
    }
    const end = text.indexOf("\n");
    const first = text.slice(0, end);
    text = text.slice(end + 1);
    return JSON.parse(first);
  };
  const ask = async (question: Record<string, unknown>) => {
    await writer.write(new TextEncoder().encode(JSON.stringify(question) + "\n"));
    return await line();
  };
  await line();
  return {
    pid: python.pid,
    execute: (code, options = {}) => ask({ execute: code, ...options }),
    killDuring: async (code) => void await ask({ kill: code }),
    complete: (code) => ask({ complete: code, cursor: [...code].length }),
    inspect: (code) => ask({ inspect: code, cursor: [...code].length }),
    async [Symbol.asyncDispose]() {
      await writer.close();
      await reader.cancel();
      await python.status;
      await Deno.remove(runtime, { recursive: true });
    },
  };
}
