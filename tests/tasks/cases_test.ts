import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { bitsOf } from "../_folders.ts";
import { writeImages } from "../training/_images.ts";
import { testProject } from "./_project.ts";

const CASES = resolve(import.meta.dirname!, "../../../shared/cases");

const noCases = !existsSync(CASES);
if (noCases) {
  console.warn(`${CASES} is missing, so tests that read it are skipped (it is not part of the project)`);
}

const inCase = (...names: string[]) => join(CASES, ...names);

/** `metrics` on scores of a case, with further flags. */
function metrics(name: string, file: string, ...more: string[]): string[] {
  return ["metrics", "--data", inCase(name), "--predictions", inCase(name, file), "--out", "out", ...more];
}

/** `train` on small images with weights of a case. */
function train(weights: string, ...more: string[]): string[] {
  const network = more.length > 0 ? more : ["--depth", "11", "--image-size", "32"];
  return ["train", "--data", "images", "--run", "run", ...network, "--weights", inCase(weights)];
}

const DENSENET = ["--network", "densenet121", "--image-size", "64", "--batch-size", "8"];

/** What was tried and what it has to end with: 0 and a text of standard output, or 1 and the line of standard error. */
const ENDINGS: readonly [args: string[], status: 0 | 1, says: RegExp][] = [
  [
    metrics("image-and-path-columns", "kaggle.csv"),
    0,
    /by "Image Index" and "path"; scores of 1 of 14 findings/,
  ],
  [
    metrics("interval-of-a-perfect-auc", "scores.csv"),
    0,
    /^Mass +1 +1\.000 +- +1\.000 +- +only 1 positive$/m,
  ],
  [
    metrics("label-columns-silently-left-out", "cx.csv"),
    0,
    /^ {2}Effusion from "Pleural Effusion" \(so called by CheX/m,
  ],
  [
    metrics("logits-lose-calibration", "logits.csv"),
    0,
    /^Note: The scores of Mass are no probabilities \(-3 to 2\)/m,
  ],
  [metrics("logits-lose-calibration", "logits.csv", "--logits"), 0, /^Mass +1 +1\.000 /m],
  [metrics("mixed-line-ends", "crlf-then-lf.csv"), 0, /^crlf-then-lf\.csv: 4 images/],
  [metrics("mixed-line-ends", "lf-then-crlf.csv"), 0, /^lf-then-crlf\.csv: 4 images/],
  [
    metrics("truth-taken-as-scores", "mixed.csv"),
    0,
    /^ {2}ground truth of Nodule, .* the same in 4 of 4 rows$/m,
  ],
  [metrics("truth-taken-as-scores", "other-release.csv"), 0, /is another than the metadata's in 4 of 4 rows/],
  [
    metrics("validation-is-the-test", "test.csv", "--validation", inCase("validation-is-the-test/test.csv")),
    1,
    /test\.csv: 4 of its images are in \S+test\.csv too/,
  ],
  [
    metrics(
      "validation-of-other-labels",
      "test.csv",
      "--validation",
      inCase("validation-of-other-labels/validation.csv"),
    ),
    1,
    /validation\.csv: no scores of Nodule, which \S+test\.csv has$/,
  ],
  [
    ["split", "--data", inCase("patient-column-against-names"), "--out", "s.csv"],
    1,
    /row 3: by their names .* of one patient/,
  ],
  [
    ["split", "--data", inCase("hostile/csv-escape"), "--out", "s.csv"],
    1,
    /row 5: unknown label "\\x1b\]0;pwned\\x07/,
  ],
  [train("nan-in-weights/nan.safetensors"), 1, /"conv2d\/kernel" is not finite: 1 of its 144 values/],
  [train("hostile/h5-infinite-loop.h5"), 1, /its parts lead around in circles/],
  [train("hostile/pth-laughs-stack-global.pth"), 1, /its pickle is damaged, or of another kind/],
  [train("hostile/pth-reduce-1M-args.pth"), 1, /holds no weights of PyTorch/],
  ...["bare", "chexnet", "lightning", "state_dict"].map((name): [string[], 1, RegExp] => [
    train(`torch-checkpoint-wrappers/${name}.pth`, ...DENSENET),
    1,
    /\.pth: lacks "conv1_bn\/gamma" of densenet121$/,
  ]),
  [
    train("torch-checkpoint-wrappers/drive-warning.pth", ...DENSENET),
    1,
    /not a checkpoint of PyTorch, but a web page \(HTML\)/,
  ],
];

Deno.test({
  name: "each input on which the first version failed ends as its README says, and loses nothing",
  ignore: noCases,
  async fn(t) {
    await using project = await testProject();
    await writeImages(join(project.path, "images"), { images: 40 });
    const before = await bitsOf(join(project.path, "images"));
    for (const [[task, ...args], status, says] of ENDINGS) {
      await t.step(`${task} ${args.join(" ").replaceAll(CASES, "")}`, async () => {
        const { code, stdout, stderr } = await project.run(task!, args);
        assert.equal(code, status, stderr);
        const errors = stderr.split("\n").filter((line) => line.startsWith("error: "));
        assert.match(status === 0 ? stdout : errors.join("\n"), says);
        assert.equal(errors.length, status);
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(stdout + stderr, /\x1b|^ +at /m);
        await Deno.remove(join(project.path, "out"), { recursive: true }).catch(() => {});
        for (const name of ["run", "s.csv", "out"]) assert(!existsSync(join(project.path, name)));
      });
    }
    assert.deepEqual(await bitsOf(join(project.path, "images")), before);
  },
});
