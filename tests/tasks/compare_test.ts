import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/support/random.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { predictionsCsv } from "../../lib/evaluation/predictions_csv.ts";
import { SUMS_FILE, writeSummed } from "../../lib/support/summed_folder.ts";
import { comparePredictions } from "../../lib/evaluation/compare.ts";
import { describeComparison } from "../../lib/tasks/compare.ts";
import { runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { testProject } from "./_project.ts";

const IMAGES = 400;

/** Predictions of two labels whose scores know the truth as well as `skill` says. */
function predictionsOf(skill: number): Predictions {
  const stream = random(1, "test", skill);
  const truth = Uint8Array.from({ length: 2 * IMAGES }, (_, i) => Number(i % 7 < 2));
  return {
    labels: ["Mass", "Nodule"],
    images: Array.from({ length: IMAGES }, (_, i) => `${i}.png`),
    patients: Array.from({ length: IMAGES }, (_, i) => String(Math.floor(i / 2))),
    truth,
    scores: Float64Array.from(truth, (value) => skill * value + stream.uniform()),
  };
}

Deno.test("deno task compare says which of two runs is ahead, and whether that is sure", async () => {
  await using project = await testProject();
  const compare = (...runs: string[]) => project.run("compare", runs.flatMap((run) => ["--run", run]));
  for (const [name, skill] of [["good", 0.9], ["bad", 0.1]] as const) {
    const run = runFolder(join(project.path, name));
    await writeRunFiles(run, { [run.predictions("test")]: predictionsCsv(predictionsOf(skill)) });
  }
  const { code, stdout, stderr } = await compare("good", "bad");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Both scored the same images\./);
  assert.match(stdout, /^Mass +\d+ +0\.9\d\d +0\.\d{3} +\+0\.\d{3} +0\.\d{3} to 0\.\d{3} +< 0\.001/m);
  assert.match(stdout, /The first is ahead/);
  assert.match((await compare("bad", "good")).stdout, /The second is ahead/);
  assert.match((await compare("bad", "bad")).stdout, /Neither is ahead: their mean AUCs are the same\./);
  // In the place of a run, an evaluation of one, which has another finding and others in another order.
  const { images, patients, truth, scores } = predictionsOf(0.9);
  const width = 3;
  const wide = (values: ArrayLike<number>, other: number) =>
    Array.from({ length: width * IMAGES }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      return column === 1 ? other : values[2 * row + (column === 0 ? 1 : 0)]!;
    });
  const evaluation = { dir: join(project.path, "evaluation/chest"), kind: "evaluation" };
  await writeSummed(evaluation, {
    "predictions.csv": predictionsCsv({
      labels: ["Nodule", "Hernia", "Mass"],
      images,
      patients,
      truth: Uint8Array.from(wide(truth, 0)),
      scores: Float64Array.from(wide(scores, 0.5)),
    }),
  });
  const evaluated = await compare("evaluation/chest", "bad");
  assert.equal(evaluated.stderr, "Of one run only: Hernia\n");
  const rows = (text: string) =>
    text.split("\n").filter((line) => /^(Mass|Nodule|mean)/.test(line)).sort().map((line) =>
      line.replace(/ +/g, " ")
    );
  assert.deepEqual(rows(evaluated.stdout), rows(stdout));
  // One of before there were checksums, and one that was changed since.
  await Deno.remove(join(evaluation.dir, SUMS_FILE));
  assert.match(
    (await compare("evaluation/chest", "bad")).stderr,
    /^warning: .*chest: has no SHA256SUMS, as runs of older versions: .*\nOf one run only: Hernia\n$/,
  );
  await Deno.writeTextFile(runFolder(join(project.path, "good")).predictions("test"), "changed");
  assert.match(
    (await compare("good", "bad")).stderr,
    /^error: .*good\/test\/predictions\.csv: is not as it was written \(by its SHA-256\): .*\n$/,
  );
  // A run of now has checksums, unless they were deleted.
  const bad = runFolder(join(project.path, "bad"));
  await Deno.remove(join(bad.dir, SUMS_FILE));
  for (
    const [version, line] of [
      [1, /^warning: .*bad: has no SHA256SUMS, as runs of older versions: /],
      [2, /^error: .*bad\/SHA256SUMS: is missing, with the checksums of the run: .*\n$/],
    ] as const
  ) {
    await Deno.writeTextFile(bad.config, JSON.stringify({ version, settings: {} }));
    assert.match((await compare("bad", "bad")).stderr, line);
  }
  await Deno.mkdir(join(project.path, "empty"));
  assert.match((await compare("empty", "bad")).stderr, /^error: .*empty: has no predictions of a test set/);
  const once = await compare("good");
  assert.equal(once.code, 1);
  assert.equal(once.stderr, "error: --run: has to be given twice, and was given once\n");
});

Deno.test("a line of few positives says so, and the mean over how many labels it is", () => {
  const { truth, ...other } = predictionsOf(0.9);
  // The first label has two positives, of two patients, and the second none.
  const few = { ...other, truth: truth.map((_, i) => Number(i === 0 || i === 8)) };
  const text = describeComparison(comparePredictions(few, { ...few, scores: few.scores.toReversed() }), {
    first: "a",
    second: "b",
  });
  assert.match(text, /^Mass +2 +\d\.\d{3} +\d\.\d{3} +[+-]\d\.\d{3} +- +- +- +only 2 positives$/m);
  assert.match(text, /^Nodule +0 +- .* no positives$/m);
  assert.match(text, /^mean over 1 of 2 labels /m);
  assert.match(text, /^Nothing tells which is ahead: the label has fewer than three patients\.$/m);
});
