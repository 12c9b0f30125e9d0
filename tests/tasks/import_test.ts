import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { createModel } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { exportTorchWeights } from "../../lib/model/torch_weights.ts";
import { random } from "../../lib/support/random.ts";
import { labelColumn } from "../../lib/evaluation/predictions.ts";
import { readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { readMetrics } from "../../lib/evaluation/read_metrics.ts";
import { readRunConfig } from "../../lib/training/run_config.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { readSafetensors, safetensorsFile } from "../../lib/weight_files/safetensors.ts";
import { testProject } from "./_project.ts";

const SIZE = 64;

/** A file as a follower of CheXNet may publish one: PyTorch's names under a wrapper's, the last layer before a sigmoid. */
async function writeCheXNet(file: string): Promise<void> {
  const model = createModel(networkNamed("densenet121", { imageSize: SIZE, outputs: 14 }), { seed: 0 });
  const tensors = [...exportTorchWeights(model)].map(([name, tensor]) =>
    [`module.densenet121.${name.replace(/^classifier\./, "classifier.0.")}`, tensor] as const
  );
  model.dispose();
  await Deno.writeFile(file, safetensorsFile(new Map(tensors), { checksum: false }));
}

/** Writes noise as PNGs of 80x70 pixels, with a table of what they show. */
async function writeTable(dir: string): Promise<void> {
  await Deno.mkdir(dir);
  const rows = ["image,patient,Mass,Hernia"];
  const { integer } = random(0, "images");
  for (let i = 0; i < 12; i++) {
    const raw = Uint8Array.from({ length: 80 * 70 }, () => integer(256));
    await sharp(raw, { raw: { width: 80, height: 70, channels: 1 } }).png().toFile(join(dir, `${i}.png`));
    rows.push(`${i}.png,${i},${i % 2},${Number(i < 6)}`);
  }
  await Deno.writeTextFile(join(dir, "labels.csv"), rows.join("\n") + "\n");
}

Deno.test("published weights become a run that the other tasks take", async (test) => {
  await using project = await testProject();
  const path = (name: string) => join(project.path, name);
  const run = path("run");
  const file = path("published.safetensors");
  await writeCheXNet(file);
  await writeTable(path("images"));
  const images = ["--table", path("images/labels.csv")];

  await test.step("import asks for what the file does not say, then writes a run", async () => {
    const importAs = (...args: string[]) =>
      project.run("import", ["--from", "chexnet", file, "--run", run, "--image-size", String(SIZE), ...args]);
    const unsaid = await importAs();
    assert.equal(unsaid.code, 1);
    assert.match(
      unsaid.stderr,
      /^error: .*published\.safetensors: does not say whose weights it holds: say it with --source/,
    );
    assert.doesNotMatch(unsaid.stderr, /\n./);
    const blank = await importAs("--source", " ");
    assert.match(blank.stderr, /^error: .*Expected a text that is not empty\.\n$/);
    const few = await importAs("--source", "a test", "--findings", "Mass,Nodule");
    assert.match(few.stderr, /^error: --findings: names 2 findings, and .* has 14 outputs/);
    const { code, stdout, stderr } = await importAs(
      ...["--source", "a test, nowhere", "--licence", "MIT"],
      ...["--thresholds", ["0.5", ...Array(12).fill(""), "0.25"].join(",")],
    );
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /14 findings: Atelectasis, Cardiomegaly, Effusion, .*\nThresholds for 2 of 14\nLicence: MIT\n/,
    );
    assert.match(stderr, /its outputs are taken to be Atelectasis, Cardiomegaly, Effusion/);
    const { imported, phantom } = await readRunConfig(runFolder(run));
    assert.deepEqual([imported!.from, imported!.source, phantom], ["chexnet", "a test, nowhere", false]);
    assert.deepEqual(imported!.thresholds!.filter((value) => value !== null), [0.5, 0.25]);
    const card = await Deno.readTextFile(join(run, "model-card.md"));
    for (const text of ["a test, nowhere", "MIT", imported!.sha256, "| Hernia | 0.25 |"]) {
      assert(card.includes(text), text);
    }
    const again = await importAs("--source", "a test");
    assert.match(
      again.stderr,
      /^error: .*run: not empty: replace its run with --overwrite, or name another folder/,
    );
  });

  await test.step("predict shows raw scores, says why, and compares them with the weights' thresholds", async () => {
    const one = await project.run("predict", ["--run", run, "images/0.png", "--explain", "Mass"]);
    assert.equal(one.code, 0, one.stderr);
    assert.match(
      one.stderr,
      /^warning: the weights were trained by others \(a test, nowhere\) .* no probabilities/,
    );
    assert.match(one.stdout, /^ {2}finding +score +threshold$/m);
    assert.match(one.stdout, /^[▲ ] Hernia +0\.\d+ +0\.250$/m);
    assert.match(one.stdout, /^ {2}Mass +0\.\d+ +-$/m);
    assert.match(one.stdout, /Score: the network's output, no probability/);
    const { width, height } = await sharp(path("heat-maps/images_0.png.Mass.png")).metadata();
    assert(width! > 0 && height! > 0);
    const many = await project.run("predict", ["--run", run, "images", "--out", "scores.json"]);
    assert.equal(many.code, 0, many.stderr);
    const written = JSON.parse(await Deno.readTextFile(path("scores.json")));
    const { Hernia: hernia, Mass: mass } = written.images[0].findings;
    assert.deepEqual([hernia.probability, hernia.threshold, hernia.percentile], [null, null, null]);
    assert.equal(hernia.above, hernia.score >= 0.25);
    assert.deepEqual([hernia.scoreThreshold, mass.scoreThreshold, mass.above], [0.25, null, null]);
  });

  await test.step("evaluate writes metrics, a report and a card that say whose weights they are", async () => {
    const { code, stdout, stderr } = await project.run("evaluate", ["--run", run, ...images]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Mass +6/m);
    assert.match(stderr, /came without a validation set and without their training set/);
    const folder = join(run, "evaluation/labels");
    const card = await Deno.readTextFile(join(folder, "model-card.md"));
    assert.match(card, /\| Whose \| a test, nowhere \|/);
    assert.doesNotMatch(card, /epoch|Adam/);
    const { labels } = await readMetrics(join(folder, "metrics.json"));
    assert.deepEqual(
      labels.filter(({ operatingPoints }) => operatingPoints.length > 0).map(({ name }) => name),
      [
        "Hernia",
      ],
    );
    const [point] = labels.at(-1)!.operatingPoints;
    assert.deepEqual([point!.rule, point!.threshold], [{ rule: "given" }, 0.25]);
    const scored = await readPredictions(join(folder, "predictions.csv"));
    const column = labelColumn(scored, scored.labels.indexOf("Hernia"));
    const called = [...column.scores].map((score, i) => `${score >= 0.25} ${column.truth[i]}`);
    assert.equal(point!.confusion!.truePositives, called.filter((each) => each === "true 1").length);
    assert.equal(point!.confusion!.falsePositives, called.filter((each) => each === "true 0").length);
    const report = await Deno.readTextFile(join(folder, "report.html"));
    assert(report.includes("Threshold: as it came with the weights"));
    assert(report.includes("trained by others: a test, nowhere"));
    assert(!report.includes("validation set gave"));
  });

  await test.step("runs lists it, export writes it, and import takes that again", async () => {
    const listed = await project.run("runs", ["--dir", project.path]);
    assert.match(listed.stdout, /^run +imported: chexnet +densenet121 64px +not tested/m);
    const pair = await project.run("runs", ["run", "run", "--dir", project.path]);
    assert.match(pair.stdout, /^run has imported weights, which were not tested\.$/m);
    const exported = path("again.safetensors");
    const { code, stdout, stderr } = await project.run("export", ["--run", run, "--out", exported]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^The imported weights \(a test, nowhere\) of densenet121: /);
    const again = await project.run("import", ["--from", "thorax", exported, "--run", path("again")]);
    assert.equal(again.code, 0, again.stderr);
    const [first, second] = await Promise.all(
      [run, path("again")].map((dir) => readSafetensors(runFolder(dir).checkpoint(0))),
    );
    assert.deepEqual(second, first);
    const { imported, settings } = await readRunConfig(runFolder(path("again")));
    assert.deepEqual(imported!.thresholds!.filter((value) => value !== null), [0.5, 0.25]);
    assert.deepEqual([imported!.source, imported!.licence, settings.imageSize], [
      "a test, nowhere",
      "MIT",
      SIZE,
    ]);
  });

  await test.step("training does not go on with it", async () => {
    const { code, stderr } = await project.run("train", ["--run", run, "--resume"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: .*run: its weights were imported, so there is no training to go on with: train --weights .*epoch-00\.safetensors/,
    );
  });
});
