import { cpus } from "node:os";
import { startOurs } from "./peers.ts";

/** One line that names the processor, its cores, the GPUs and the versions that were measured on. */
export async function describeMachine(): Promise<string> {
  await using side = startOurs("ours_network");
  const version = await side.ask<string>({ do: "version" });
  const devices = await side.ask<{ name: string; type: string }[]>({ do: "devices" });
  const [cpu] = cpus();
  const hasGpu = devices.some(({ type }) => type === "GPU");
  return [
    `${cpu?.model.trim() ?? "an unknown processor"}, ${navigator.hardwareConcurrency} cores`,
    hasGpu ? await gpuNames() : "no GPU",
    `TensorFlow ${version}`,
    `Deno ${Deno.version.deno}`,
  ].join("; ");
}

async function gpuNames(): Promise<string> {
  const command = new Deno.Command("nvidia-smi", { args: ["--query-gpu=name", "--format=csv,noheader"] });
  const { stdout } = await command.output();
  return new TextDecoder().decode(stdout).trim().split("\n").join(", ");
}
