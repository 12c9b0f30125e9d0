import { writeOutput } from "../support/outputs.ts";
import { defineTask, overwriteOption, pathOption, runTask, warn } from "./_command.ts";

interface ExportFlags {
  run: string;
  out: string;
  torch?: boolean;
  overwrite?: boolean;
}

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
  .addOption(overwriteOption())
  .action(async ({ run: dir, out, torch = false, overwrite = false }: ExportFlags) => {
    const { exportWeights } = await import("../model/model.ts");
    const { exportTorchWeights } = await import("../model/torch_weights.ts");
    const { loadRun } = await import("../runs/load_run.ts");
    const { runFiles } = await import("../training/check_run.ts");
    const { safetensorsFile } = await import("../weight_files/safetensors.ts");
    const { run, settings, model, findings, imported, selection: { epoch }, notes } = await loadRun(dir);
    notes.forEach(warn);
    const { name, torchModules } = model.network;
    const file = safetensorsFile(torch ? exportTorchWeights(model) : exportWeights(model), {
      metadata: {
        network: name,
        imageSize: String(settings.imageSize),
        pooling: settings.pooling,
        findings: JSON.stringify(findings),
        epoch: String(epoch),
        ...(imported
          ? {
            preparation: imported.preparation,
            source: imported.source,
            ...(imported.licence === null ? {} : { licence: imported.licence }),
          }
          : {}),
      },
    });
    await writeOutput(out, file, { inputs: await runFiles(run), overwrite });
    const whose = imported ? `imported weights (${imported.source})` : `weights of epoch ${epoch}`;
    console.log(`The ${whose} of ${name}: ${out}`);
    if (torch && !torchModules) {
      console.log(`PyTorch has no network like ${name}: the modules are named after our layers`);
    }
  });

if (import.meta.main) await runTask(task);
