import { join } from "node:path";
import { InputError } from "../support/input_error.ts";
import { SCRATCH } from "../support/project.ts";
import { defineTask, pathOption, runTask } from "./_command.ts";
import { ifMissing } from "../support/if_missing.ts";

const pack = defineTask("pack", {
  description:
    "Builds the library as a package for npm: JavaScript with types, for Deno, and for Node and bundlers what needs no " +
    "native code, such as @thorax/thorax/evaluation. Publishes nothing.",
  examples: [
    ["deno task pack", "builds it in .artefacts/package; npm pack makes a file of that"],
    ["deno task pack --out build", "builds it in a folder, which has to be empty or missing"],
  ],
})
  .addOption(pathOption("--out <dir>", {
    description: "the folder that is written (default: .artefacts/package in the project)",
  }))
  .action(async ({ out }: { out?: string }) => {
    const folder = out ?? join(SCRATCH, "package");
    if (folder === join(SCRATCH, "package")) {
      await Deno.remove(folder, { recursive: true }).catch(ifMissing);
    }
    await Deno.mkdir(folder, { recursive: true });
    if ([...Deno.readDirSync(folder)].length > 0) throw new InputError(`--out ${out}: is not empty`);
    // The compiler is loaded only now, so that help is shown at once.
    const { buildPackage } = await import("./_build_package.ts");
    await buildPackage(folder);
    console.log(`Wrote ${folder}`);
  });

if (import.meta.main) await runTask(pack);
