import { PHANTOM_DEFAULTS, writePhantoms } from "../phantom/write_phantoms.ts";
import {
  defineTask,
  fractionOption,
  integerOption,
  overwriteOption,
  pathOption,
  runTask,
  seedOption,
} from "./_command.ts";
import { showProgress } from "../support/progress.ts";
import { PHANTOM_FOLDER } from "../support/project.ts";
import { printable } from "../support/printable.ts";

interface PhantomFlags {
  out?: string;
  images: number;
  seed: number;
  size: number;
  visits?: number;
  hard?: boolean;
  labelNoise?: number;
  overwrite?: boolean;
}

const phantom = defineTask("phantom", {
  description:
    "Draws phantom chest radiographs with the 14 findings and writes them in the NIH's layout: images/*.png, " +
    "Data_Entry_2017.csv, BBox_List_2017.csv with a bounding box for every localised finding, train_val_list.txt and " +
    "test_list.txt. The same flags give the same bytes. They are for teaching and testing: nothing that is learned " +
    "from them holds for patients.",
  examples: [
    ["deno task phantom", "draws the default set, which training takes where no data are given"],
    [
      "deno task phantom --hard --label-noise 1 --out data/noisy",
      "faint findings, and labels that are wrong as often as the NIH's",
    ],
    ["deno task phantom --out few --images 100 --seed 7", "draws 100 other images into the folder few"],
  ],
})
  .addOption(pathOption("--out <dir>", {
    description: "a folder that is missing, empty or a phantom set's (default: data/phantom in the project)",
  }))
  .addOption(integerOption("--images <n>", {
    description: "how many images",
    minimum: 1,
    maximum: 200_000,
    default: PHANTOM_DEFAULTS.images,
  }))
  .addOption(seedOption({
    description: "another seed gives other patients",
    default: PHANTOM_DEFAULTS.seed,
  }))
  .addOption(integerOption("--size <n>", {
    description: "width and height of the images in pixels",
    minimum: 32,
    maximum: 1024,
    default: PHANTOM_DEFAULTS.size,
  }))
  .addOption(integerOption("--visits <n>", {
    description: "images of every patient (default: 1 to 7, as often as of the NIH's patients)",
    minimum: 1,
    maximum: 999,
  }))
  .option(
    "--hard",
    "draw findings faint, from half to fully, so that recipes can be told apart by what they reach",
  )
  .addOption(fractionOption("--label-noise <fraction>", {
    description:
      "how wrong the labels are: 1 as the NIH's where radiologists checked them (audit-labels), 0.5 half as much; what was " +
      "drawn is then in true_findings.csv",
  }))
  .addOption(overwriteOption("replace a phantom set that is there already; other files never are"))
  .action(async ({ out = PHANTOM_FOLDER, ...settings }: PhantomFlags) => {
    const stop = new AbortController();
    const onInterrupt = () => stop.abort();
    Deno.addSignalListener("SIGINT", onInterrupt);
    try {
      using progress = showProgress("Drawing", { total: settings.images, unit: "images" });
      const onProgress = (done: number) => progress.update(done);
      const set = await writePhantoms(out, { ...settings, onProgress, signal: stop.signal });
      const what = `${set.images} images of ${set.patients} patients with ${set.boxes} bounding boxes`;
      console.log(
        set.existed
          ? `${printable(out)} holds them already: ${what}`
          : `${what} written to ${printable(out)}`,
      );
    } catch (error) {
      if (error !== stop.signal.reason) throw error;
      console.error("Stopped; nothing is left behind.");
      Deno.exitCode = 130;
    } finally {
      Deno.removeSignalListener("SIGINT", onInterrupt);
    }
  });

if (import.meta.main) await runTask(phantom);
