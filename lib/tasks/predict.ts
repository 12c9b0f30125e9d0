import { basename } from "node:path";
// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "papaparse";
import { tf } from "../tensorflow/mod.ts";
import { decodeImage } from "../dataset/decode_image.ts";
import { loadRun } from "../runs/load_run.ts";
import { scorer } from "../training/score.ts";
import { givenPath } from "../support/given_path.ts";
import { defineTask, pathOption, runTask } from "./_command.ts";

const predict = defineTask("predict", {
  description:
    "Scores single PNG images with a run's chosen weights and prints a table: a row an image, a column a finding. " +
    "Scores are between 0 and 1; they order images by suspicion and are no probabilities (see the report's " +
    "calibration). Not for medical use.",
  examples: [
    [
      "deno task predict --run data/runs/phantom-1 chest.png",
      "the findings of an image, the most suspected first",
    ],
    ["deno task predict --run data/runs/phantom-1 *.png > scores.csv", "several images, as CSV"],
  ],
})
  .argument("<image...>", "PNG files")
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .action(async (files: string[], { run: dir }: { run: string }) => {
    const { settings, findings, model } = await loadRun(dir);
    const { imageSize: size } = settings;
    const images: Uint8Array[] = [];
    for (const file of files) images.push(await decodeImage(givenPath(file), size));
    const score = scorer(model, settings);
    const scores = images.map((image) =>
      tf.tidy(() => {
        const input = tf.tensor4d(Float32Array.from(image, (value) => value / 255), [1, size, size, 1]);
        return tf.sigmoid(score(input)).dataSync() as Float32Array;
      })
    );
    if (files.length === 1) return console.log(ranking(findings, scores[0]!));
    const rows = files.map((file, i) => [basename(file), ...[...scores[i]!].map(decimals)]);
    console.log(Papa.unparse([["image", ...findings], ...rows], { newline: "\n" }));
  });

function ranking(findings: readonly string[], scores: Float32Array): string {
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
