import { defineTask, pathOption, runTask } from "./_command.ts";

const task = defineTask("export", {
  description:
    "Writes a run's chosen weights as one safetensors file: under our own names, which are Keras', or with --torch " +
    "in PyTorch's layout under the names of its implementation of the network (timm or torchvision). PyTorch has no " +
    "ResNet v2 of Keras: its modules are then named after our layers, for a module of your own.",
  examples: [
    ["deno task export --run DIR --out model.safetensors", "weights to go on from with train --weights"],
    ["deno task export --run DIR --torch --out model.safetensors", "weights that load_state_dict takes"],
  ],
})
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .addOption(
    pathOption("--out <file>", { description: "the file to write, NAME.safetensors", ending: ".safetensors" })
      .makeOptionMandatory(),
  )
  .option("--torch", "under PyTorch's names")
  .action(async ({ run: dir, out, torch = false }: { run: string; out: string; torch?: boolean }) => {
    const { exportWeights } = await import("../model/model.ts");
    const { exportTorchWeights } = await import("../model/torch_weights.ts");
    const { loadRun } = await import("../runs/load_run.ts");
    const { writeSafetensors } = await import("../weight_files/safetensors.ts");
    const { model, findings, selection: { epoch } } = await loadRun(dir);
    const { name, torchModules } = model.network;
    await writeSafetensors(out, torch ? exportTorchWeights(model) : exportWeights(model), {
      metadata: { network: name, findings: JSON.stringify(findings), epoch: String(epoch) },
    });
    console.log(`The weights of epoch ${epoch} of ${name}: ${out}`);
    if (torch && !torchModules) {
      console.log(`PyTorch has no network like ${name}: the modules are named after our layers`);
    }
  });

if (import.meta.main) await runTask(task);
