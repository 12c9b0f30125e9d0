import { join } from "node:path";
import { WEIGHT_PRECISIONS, type WeightPrecision } from "../page/page_data.ts";
import { ListOption } from "./_check_flags.ts";
import {
  anyPath,
  choiceOption,
  defineTask,
  integerOption,
  overwriteOption,
  pathOption,
  runTask,
  warn,
} from "./_command.ts";
import { interruptible } from "./_interrupt.ts";
import { operatingRule, thresholdOption, type ThresholdRule } from "./_threshold_option.ts";

interface PageFlags {
  run: string;
  out: string;
  example: string[];
  threshold: ThresholdRule;
  weights: WeightPrecision;
  singleFile?: boolean;
  port: number;
  serve: boolean;
  overwrite?: boolean;
}

const page = defineTask("page", {
  description:
    "Builds a web page in which a trained run's network looks at images: in the browser itself, so that no image " +
    "leaves it. PNG, JPEG and DICOM; for each finding the calibrated probability, the threshold and where the image " +
    "is among those of the validation set, and heat maps by Grad-CAM. The page is then served to this machine alone. " +
    "Not for medical use.",
  examples: [
    [
      "deno task page --run data/runs/phantom-1 --out page",
      "builds the page into the folder page and serves it",
    ],
    [
      "deno task page --run data/runs/phantom-1 --out page --single-file --no-serve",
      "page/index.html is all there is: it works from the disk, without a server or network",
    ],
    [
      "deno task page --run data/runs/phantom-1 --out page --example a.png --example b.png",
      "bundles images of yours in the place of phantoms",
    ],
  ],
})
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .addOption(pathOption("--out <dir>", { description: "the folder of the page" }).makeOptionMandatory())
  .option("--single-file", "everything in one HTML file, which also works from the disk")
  .addOption(choiceOption("--weights <precision>", {
    description: "how weights are stored; by how much 16 bits change the scores is said",
    choices: WEIGHT_PRECISIONS,
    default: "float16",
  }))
  .addOption(
    new ListOption(
      "--example <file>",
      "an image to be bundled, PNG or JPEG; may be given several times",
      anyPath,
    ).default([], "phantoms"),
  )
  .addOption(thresholdOption("to begin with"))
  .addOption(integerOption("--port <n>", {
    description: "where the page is served on 127.0.0.1; 0 for any that is free",
    minimum: 0,
    maximum: 65535,
    default: 8080,
  }))
  .option("--no-serve", "only build the page")
  .addOption(overwriteOption())
  .action(async (flags: PageFlags) => {
    await interruptible(async (signal) => {
      const { buildPage } = await import("../page/build_page.ts");
      const { servePage } = await import("../page/serve_page.ts");
      const { checkOutputFolder, writeOutput } = await import("../support/outputs.ts");
      const { run, out, example, threshold, weights, singleFile = false, overwrite = false } = flags;
      const rule = operatingRule(threshold);
      await checkOutputFolder(out);
      const { files, error, notes } = await buildPage(run, { rule, weights, singleFile, examples: example });
      notes.forEach(warn);
      for (const [name, content] of Object.entries(files)) {
        await writeOutput(join(out, name), content, { inputs: example, overwrite });
      }
      console.log(`${join(out, "index.html")}: ${await sizeOf(files)}`);
      if (weights === "float16") {
        console.log(`Weights of 16 bits: logits of the examples change by ${error.toPrecision(2)} at most.`);
      }
      if (!flags.serve) return;
      await servePage(files, {
        port: flags.port,
        signal,
        onListening: (address) => console.log(`Open ${address} (Ctrl-C ends it)`),
      });
    }, { heard: "Stopping", stopped: () => "Stopped." });
  });

/** How large a page is, as it is and as servers send it. */
async function sizeOf(files: Readonly<Record<string, string>>): Promise<string> {
  const { gzipSync } = await import("fflate");
  const bytes = Object.values(files).map((text) => new TextEncoder().encode(text));
  const sum = (sizes: number[]) => (sizes.reduce((sum, size) => sum + size, 0) / 1e6).toFixed(1);
  return `${sum(bytes.map(({ length }) => length))} MB, ${
    sum(bytes.map((bytes) => gzipSync(bytes, { level: 6 }).length))
  } MB compressed`;
}

if (import.meta.main) await runTask(page);
