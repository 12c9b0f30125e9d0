import { findingTitle } from "../dataset/finding_title.ts";
import { join } from "node:path";
import type { Predictions } from "../evaluation/predictions.ts";
import type { Example } from "../explanation/examples.ts";
import { gallery } from "../explanation/gallery.ts";
import { type BoxScores, scoreBoxes } from "../explanation/score_boxes.ts";
import type { Model } from "../model/model.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { mapBeside } from "../plots/pictures/map_beside.ts";
import { fileNames } from "../support/file_names.ts";
import { printable } from "../support/printable.ts";
import { writeRunFiles } from "../training/run_folder.ts";
import type { Settings } from "../training/settings.ts";
import type { TrainingData } from "../training/training_data.ts";
import { checkHeatMaps, checkShortcuts } from "./check_network.ts";
import type { RunExplanation } from "./finished_run.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";
import { trainingBoxesOf } from "./training_boxes.ts";

/**
 * Explains a tested run with Grad-CAM: scores its maps against the bounding boxes and writes `grad-cam/*.png`, the plain
 * image beside each map. Then checks whether maps are faithful to the network and what its scores rest on.
 */
export async function explainRun(
  run: Run,
  { test }: { test: Predictions },
  context: RunContext = {},
): Promise<RunExplanation> {
  const { folder, settings, model, data } = run;
  const { boxScores, examples } = await explainTest(model, { data, settings, test }, context);
  const { cache, findings, split } = data;
  const pictures = await Promise.all(examples.map(drawExample));
  const names = fileNames(examples.map(({ label }) => label));
  const files = names.map((name, i) => [join(folder.gradCam, `${name}.png`), pictures[i]!.png]);
  await writeRunFiles(folder, Object.fromEntries(files), run);
  const checked = { cache, findings, entries: split.test, predictions: test };
  const faithfulness = await checkHeatMaps(model, {
    ...checked,
    trainingBoxes: trainingBoxesOf(data),
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

/** Explains the test images of a run; workers share them out, and each calls this. */
export async function explainTest(
  model: Model,
  { data, settings: { batchSize, seed }, test }: {
    data: TrainingData;
    settings: Settings;
    test: Predictions;
  },
  context: RunContext = {},
): Promise<{ boxScores: BoxScores | null; examples: Example[] }> {
  const { signal, group: workers } = context;
  const options = { batchSize, seed, signal, workers };
  const { cache, findings, split, boxes } = data;
  const trainingBoxes = trainingBoxesOf(data);
  const boxScores = await scoreBoxes(model, { cache, findings, entries: split.test, boxes, trainingBoxes }, {
    ...options,
    ...progressOf(context, "Grad-CAM"),
  });
  const examples = await gallery(model, { cache, predictions: test, boxes }, options);
  return { boxScores, examples };
}

async function drawExample(example: Example): Promise<CaptionedPicture> {
  const { image, label, score, pixels, map, peak, boxes } = example;
  const caption = `${findingTitle(label)}\n${printable(image)}, score ${score.toFixed(3)}`;
  return { png: await mapBeside(pixels, map.values, { boxes, ...(peak ? { peak } : {}) }), caption };
}
