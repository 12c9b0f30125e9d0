import { Option } from "commander";
import { defineTask, runTask } from "./_command.ts";
import type { Device } from "../support/setup/component.ts";
import { PARTS } from "./setup/parts.ts";
import { setUp } from "../support/setup/set_up.ts";

type SetUpFlags = Partial<
  Record<"gpu" | "cpu" | "lab" | "imagenet" | "openvino" | "clients" | "metadata", true>
>;

const task = defineTask("setup", {
  description:
    "Installs what the other tasks need: TensorFlow's library into .venv, the NIH's metadata into data/nih.\n" +
    "Every task calls it first; where all is there, it does nothing. Called by itself, it also reads TensorFlow's library " +
    "whole (0.9 GB) and compares it with what was installed. Downloads 0.3 GB and keeps 1.3 GB on the disk, " +
    "or 3.4 GB and 6.3 GB for an NVIDIA GPU, whose CUDA libraries come with it.",
  examples: [
    ["deno task setup", "sets up for the GPU where an NVIDIA GPU is found, else for the CPU"],
    ["deno task setup --cpu", "sets up for the CPU, and keeps to that"],
    ["deno task setup --lab", "sets up JupyterLab too, as deno task lab does"],
  ],
})
  .addOption(
    new Option("--gpu", "with the CUDA libraries, whether or not an NVIDIA GPU is found").conflicts("cpu"),
  )
  .addOption(new Option("--cpu", "without the CUDA libraries, even where an NVIDIA GPU is found"))
  .option("--lab", "with JupyterLab, for the notebooks: 0.1 GB more to download and 0.25 GB on the disk")
  .option("--imagenet", "with EfficientNet-Lite0's ImageNet weights: 17 MB more to download")
  .option("--openvino", "with OpenVINO, for --engine openvino: 60 MB more to download and 0.2 GB on the disk")
  .addOption(
    new Option("--metadata", "only the NIH's metadata, all that deno task split needs").conflicts([
      "gpu",
      "cpu",
      "lab",
      "imagenet",
      "openvino",
      "clients",
    ]),
  )
  .addOption(
    new Option("--clients", "with other programs for notebooks, which only the tests need").hideHelp(),
  )
  .action(async ({ gpu, cpu, lab, imagenet, openvino, clients, metadata }: SetUpFlags) => {
    const device: Device | undefined = gpu ? "gpu" : cpu ? "cpu" : undefined;
    const more = Object.entries({ lab, imagenet, openvino, clients }).filter(([, isWanted]) => isWanted)
      .map(([name]) => PARTS[name as "lab" | "imagenet" | "openvino" | "clients"]);
    const wanted = metadata ? [PARTS.metadata] : [PARTS.tensorflow, PARTS.metadata, ...more];
    if (!await setUp(wanted, { device, check: true })) console.error("Ready: all of it was there already.");
  });

if (import.meta.main) await runTask(task);
