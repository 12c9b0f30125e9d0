import { findingTitle } from "../dataset/finding_title.ts";
import { join } from "node:path";
import type { Predictions } from "../evaluation/predictions.ts";
import type { Example } from "../explanation/examples.ts";
import { gallery } from "../explanation/gallery.ts";
import { scoreBoxes } from "../explanation/score_boxes.ts";
import { beside } from "../plots/pictures/beside.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { overlay, xray } from "../plots/pictures/overlay.ts";
import { fileNames } from "../support/file_names.ts";
import { printable } from "../support/printable.ts";
import { writeRunFiles } from "../training/run_folder.ts";
import type { RunExplanation } from "./finished_run.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/** Width and height of an image, and of its heat map beside it, in pixels. */
const PICTURE_SIZE = 256;

/** Explains a tested run with Grad-CAM: scores its maps against the bounding boxes and writes `grad-cam/*.png`, the plain image beside each map. */
export async function explainRun(
  run: Run,
  { test }: { test: Predictions },
  context: RunContext = {},
): Promise<RunExplanation> {
  const { folder, settings: { batchSize, seed }, model, data: { cache, findings, split, boxes } } = run;
  const options = { batchSize, seed, ...(context.signal ? { signal: context.signal } : {}) };
  const boxScores = await scoreBoxes(model, { cache, findings, entries: split.test, boxes }, {
    ...options,
    ...progressOf(context, "Grad-CAM"),
  });
  const examples = await gallery(model, { cache, predictions: test, boxes }, options);
  const pictures = await Promise.all(examples.map(drawExample));
  const names = fileNames(examples.map(({ label }) => label));
  const files = names.map((name, i) => [join(folder.gradCam, `${name}.png`), pictures[i]!.png]);
  await writeRunFiles(folder, Object.fromEntries(files), run);
  return { boxScores, pictures };
}

async function drawExample(example: Example): Promise<CaptionedPicture> {
  const { image, label, score, pixels, map, peak, boxes } = example;
  const size = PICTURE_SIZE;
  const pictures = await Promise.all([
    xray(pixels, { size }),
    overlay(pixels, map.values, { boxes, size, ...(peak ? { peak } : {}) }),
  ]);
  const caption = `${findingTitle(label)}\n${printable(image)}, score ${score.toFixed(3)}`;
  return { png: await beside(pictures, size), caption };
}
