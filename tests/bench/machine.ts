import { cpus } from "node:os";
import { describeInstructions } from "./instructions.ts";
import { startOurs } from "./peers.ts";

/** The machine that is measured on. */
export interface Machine {
  /** One line that names the processor, its cores and instructions, the GPUs and the versions. */
  description: string;
  /** The processor's instruction sets by Linux's names; null where they cannot be learnt. */
  instructionSets: ReadonlySet<string> | null;
}

/** Asks the machine what it is. */
export async function inspectMachine(): Promise<Machine> {
  await using side = startOurs("ours_network");
  const version = await side.ask<string>({ do: "version" });
  const devices = await side.ask<{ name: string; type: string }[]>({ do: "devices" });
  const sets = await side.ask<string[] | null>({ do: "instructions" });
  const instructionSets = sets && new Set(sets);
  const [cpu] = cpus();
  const hasGpu = devices.some(({ type }) => type === "GPU");
  const processor = cpu?.model.trim() ?? "an unknown processor";
  const description = [
    `${processor}, ${navigator.hardwareConcurrency} cores (${describeInstructions(instructionSets)})`,
    hasGpu ? await gpuNames() : "no GPU",
    `TensorFlow ${version}`,
    `Deno ${Deno.version.deno}`,
  ].join("; ");
  return { description, instructionSets };
}

async function gpuNames(): Promise<string> {
  const command = new Deno.Command("nvidia-smi", { args: ["--query-gpu=name", "--format=csv,noheader"] });
  const { stdout } = await command.output();
  return new TextDecoder().decode(stdout).trim().split("\n").join(", ");
}
