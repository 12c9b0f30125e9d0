import { join } from "node:path";
import { valuesOf } from "./_arguments.ts";

/** How many workers a command line wants on this machine: the value of `--local-workers`; null where it is not there. */
export function localWorkers(args: readonly string[]): number | null {
  const [text] = valuesOf("--local-workers", args);
  const count = Number(text);
  return text !== undefined && Number.isInteger(count) && count >= 1 && count <= 64 ? count : null;
}

/** The arguments of one of the workers on this machine. */
export function argumentsOfWorker(
  args: readonly string[],
  { index, ports }: { index: number; ports: readonly number[] },
): string[] {
  const rest = args.filter((arg, i) =>
    !arg.startsWith("--local-workers=") && arg !== "--local-workers" && args[i - 1] !== "--local-workers"
  );
  return [...rest, "--workers", ports.map((port) => `127.0.0.1:${port}`).join(), "--worker", String(index)];
}

/** What a machine has for its workers. */
export interface Machine {
  cores: number;
  /** The names of its GPUs for CUDA, such as `["0", "1"]`. */
  gpus: readonly string[];
  /** The environment. */
  variables: Readonly<Record<string, string | undefined>>;
}

/** The environment variables of one of several workers on a machine: its GPU, and its part of the cores. */
export function variablesOfWorker(
  index: number,
  { count, machine: { cores, gpus, variables } }: { count: number; machine: Machine },
): Record<string, string> {
  const threads = Math.max(1, Math.floor(cores / count));
  return {
    ...(variables["TENSORFLOW_THREADS"] === undefined ? { TENSORFLOW_THREADS: String(threads) } : {}),
    ...(gpus.length > 0 ? { CUDA_VISIBLE_DEVICES: gpus[index % gpus.length]! } : {}),
  };
}

/**
 * The GPUs that CUDA may use: those that CUDA_VISIBLE_DEVICES names, else those that NVIDIA's own program lists.
 *
 * @param program What lists them, an index a line.
 */
export async function gpusOfMachine(program = "nvidia-smi"): Promise<string[]> {
  const named = Deno.env.get("CUDA_VISIBLE_DEVICES");
  if (named !== undefined) return wordsIn(named, ",");
  const args = ["--query-gpu=index", "--format=csv,noheader"];
  try {
    const { success, stdout } = await new Deno.Command(program, { args, stderr: "null" }).output();
    return success ? wordsIn(new TextDecoder().decode(stdout), "\n") : [];
  } catch {
    return []; // The program is not there.
  }
}

function wordsIn(text: string, separator: string): string[] {
  return text.split(separator).map((word) => word.trim()).filter((word) => word !== "");
}

/** Ports of this machine that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const program = join(import.meta.dirname!, "_free_ports.ts");
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--no-prompt", "--allow-net=127.0.0.1", program, String(count)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("No free ports");
  return JSON.parse(new TextDecoder().decode(stdout));
}
