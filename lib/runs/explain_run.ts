import { findingTitle } from "../dataset/finding_title.ts";
import { join } from "node:path";
import type { Predictions } from "../evaluation/predictions.ts";
import type { Example } from "../explanation/examples.ts";
import { gallery } from "../explanation/gallery.ts";
import { scoreBoxes } from "../explanation/score_boxes.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { mapBeside } from "../plots/pictures/map_beside.ts";
import { fileNames } from "../support/file_names.ts";
import { printable } from "../support/printable.ts";
import { writeRunFiles } from "../training/run_folder.ts";
import { checkHeatMaps, checkShortcuts } from "./check_network.ts";
import type { RunExplanation } from "./finished_run.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/**
 * Explains a tested run with Grad-CAM: scores its maps against the bounding boxes and writes `grad-cam/*.png`, the plain
 * image beside each map. Then checks whether maps are faithful to the network and what its scores rest on.
 */
export async function explainRun(
  run: Run,
  { test }: { test: Predictions },
  context: RunContext = {},
): Promise<RunExplanation> {
  const { folder, settings, model, data: { cache, findings, split, boxes } } = run;
  const { batchSize, seed } = settings;
  const options = { batchSize, seed, ...(context.signal ? { signal: context.signal } : {}) };
  const { training } = split;
  const boxScores = await scoreBoxes(model, { cache, findings, entries: split.test, boxes, training }, {
    ...options,
    ...progressOf(context, "Grad-CAM"),
  });
  const examples = await gallery(model, { cache, predictions: test, boxes }, options);
  const pictures = await Promise.all(examples.map(drawExample));
  const names = fileNames(examples.map(({ label }) => label));
  const files = names.map((name, i) => [join(folder.gradCam, `${name}.png`), pictures[i]!.png]);
  await writeRunFiles(folder, Object.fromEntries(files), run);
  const trained = new Set(training.map(({ image }) => image));
  const checked = { cache, findings, entries: split.test, predictions: test };
  const faithfulness = await checkHeatMaps(model, {
    ...checked,
    trainingBoxes: boxes.filter(({ image }) => trained.has(image)),
  }, {
    settings,
    most: settings.checkedMaps,
    signal: context.signal,
    ...progressOf(context, "Checking maps"),
  });
  const shortcuts = await checkShortcuts(model, checked, {
    settings,
    most: settings.shortcutImages,
    signal: context.signal,
    ...progressOf(context, "Covering regions"),
  });
  return { boxScores, faithfulness, shortcuts, pictures };
}

async function drawExample(example: Example): Promise<CaptionedPicture> {
  const { image, label, score, pixels, map, peak, boxes } = example;
  const caption = `${findingTitle(label)}\n${printable(image)}, score ${score.toFixed(3)}`;
  return { png: await mapBeside(pixels, map.values, { boxes, ...(peak ? { peak } : {}) }), caption };
}
