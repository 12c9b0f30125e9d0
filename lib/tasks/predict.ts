import { imageDoubt } from "../dataset/image_doubts.ts";
import { sigmoid } from "../evaluation/logistic_regression.ts";
import { isPhantomImage } from "../phantom/phantom_folder.ts";
import { csvText } from "../support/csv.ts";
import { givenPath } from "../support/given_path.ts";
import { defineTask, pathOption, runTask, warn } from "./_command.ts";
import { strangerWarning } from "./_stranger_warning.ts";

const predict = defineTask("predict", {
  description:
    "Scores single images (PNG, JPEG or DICOM) with a run's chosen weights. Of one image it prints the findings, the most " +
    "suspected first; of several a CSV with all digits: a row an image, a column a finding. Scores are between 0 and 1; they order images by suspicion and are no probabilities (see the report's " +
    "calibration). Not for medical use.",
  examples: [
    [
      "deno task predict --run data/runs/phantom-1 chest.png",
      "the findings of an image, the most suspected first",
    ],
    ["deno task predict --run data/runs/phantom-1 *.png > scores.csv", "several images, as CSV"],
  ],
})
  .argument("<image...>", "PNG, JPEG or DICOM files")
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .action(async (files: string[], { run: dir }: { run: string }) => {
    const { decodeImage } = await import("../dataset/decode_image.ts");
    const { loadRun } = await import("../runs/load_run.ts");
    const { tf } = await import("../tensorflow/mod.ts");
    const { scorer } = await import("../training/score.ts");
    const { settings, findings, phantom, model } = await loadRun(dir);
    const { imageSize: size } = settings;
    const images: Uint8Array[] = [];
    for (const file of files) {
      const image = await decodeImage(givenPath(file), size);
      const doubt = imageDoubt(image);
      if (doubt !== null) warn(`${file} ${doubt}`);
      images.push(image);
    }
    const other = files.find((file) => isPhantomImage(givenPath(file)) !== phantom);
    if (other !== undefined) warn(`${other}: ${strangerWarning(phantom)}`);
    const score = scorer(model, settings);
    const scores = images.map((image) =>
      tf.tidy(() => {
        const input = tf.tensor4d(Float32Array.from(image, (value) => value / 255), [1, size, size, 1]);
        return Array.from(score(input).dataSync(), sigmoid);
      })
    );
    if (files.length === 1) return console.log(ranking(findings, scores[0]!));
    console.log(
      csvText([["image", ...findings], ...files.map((file, i) => [file, ...scores[i]!])]).trimEnd(),
    );
  });

function ranking(findings: readonly string[], scores: readonly number[]): string {
  const width = Math.max(...findings.map(({ length }) => length));
  return findings.map((label, i) => ({ label, score: scores[i]! }))
    .sort((a, b) => b.score - a.score)
    .map(({ label, score }) => `${label.padEnd(width)}  ${decimals(score)}`)
    .join("\n");
}

function decimals(score: number): string {
  return score.toFixed(4);
}

if (import.meta.main) await runTask(predict);
