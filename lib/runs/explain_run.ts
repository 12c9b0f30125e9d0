import { join } from "node:path";
import type { Predictions } from "../evaluation/predictions.ts";
import type { Example } from "../explanation/examples.ts";
import { gallery } from "../explanation/gallery.ts";
import { scoreBoxes } from "../explanation/score_boxes.ts";
import type { CaptionedPicture } from "../plots/pictures/grid.ts";
import { overlay } from "../plots/pictures/overlay.ts";
import { fileNames } from "../support/file_names.ts";
import { writeRunFiles } from "../training/run_folder.ts";
import type { RunExplanation } from "./finished_run.ts";
import { progressOf, type RunContext } from "./reporter.ts";
import type { Run } from "./run.ts";

/** Width and height of the pictures of heat maps in pixels. */
const PICTURE_SIZE = 256;

/** Explains a tested run with Grad-CAM: scores its maps against the bounding boxes and writes `grad-cam/*.png`. */
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
  const { label, score, pixels, map, peak, boxes } = example;
  const png = await overlay(pixels, map.values, { boxes, size: PICTURE_SIZE, ...(peak ? { peak } : {}) });
  return { png, caption: `${label.replaceAll("_", " ")}\nscore ${score.toFixed(3)}` };
}
