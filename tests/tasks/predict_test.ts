import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { readPredictions } from "../../lib/evaluation/predictions.ts";
import { readSafetensors, writeSafetensors } from "../../lib/weight_files/safetensors.ts";
import { smallRun } from "./_small_run.ts";

const PNG = resolve(import.meta.dirname!, "../fixtures/dataset/png");
const NIH_PNG = resolve(import.meta.dirname!, "../../../shared/nih-png");

async function filesIn(folder: string): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  return names.filter((name) => name.endsWith(".png")).sort().map((name) => join(folder, name));
}

/** Reads what predict prints for several images: the scores by image, in the order of the labels. */
function readCsv(text: string): Map<string, number[]> {
  const [header, ...rows] = text.trim().split("\n").map((line) => line.split(","));
  assert.deepEqual(header, ["image", ...NIH_FINDINGS]);
  return new Map(rows.map(([image, ...scores]) => [image!, scores.map(Number)]));
}

Deno.test("predict scores images with a run's chosen weights", async (test) => {
  await using project = await smallRun();
  const { dir: run, images, path } = project;
  const tested = await readPredictions(join(run, "test/predictions.csv"));
  const scoresOf = (
    nth: number,
  ) => [...tested.scores.subarray(nth * NIH_FINDINGS.length, (nth + 1) * NIH_FINDINGS.length)];
  const fileOf = (nth: number) => join(images, "images", tested.images[nth]!);

  await test.step("one image: the findings, the most suspected first, with the scores of the run's test", async () => {
    const { code, stdout, stderr } = await project.run("predict", ["--run", run, fileOf(0)]);
    assert.equal(code, 0, stderr);
    const lines = stdout.trim().split("\n").map((line) => line.split(/ +/));
    const expected = scoresOf(0).map((score, i) => [NIH_FINDINGS[i]!, score] as const).sort((a, b) =>
      b[1] - a[1]
    );
    assert.deepEqual(lines.map(([label]) => label), expected.map(([label]) => label));
    lines.forEach(([, score], i) => assert(Math.abs(Number(score) - expected[i]![1]) <= 0.51e-4));
  });

  await test.step("several images: CSV", async () => {
    const { code, stdout, stderr } = await project.run("predict", ["--run", run, fileOf(1), fileOf(2)]);
    assert.equal(code, 0, stderr);
    const found = readCsv(stdout);
    for (const nth of [1, 2]) {
      found.get(tested.images[nth]!)!.forEach((score, i) =>
        assert(Math.abs(score - scoresOf(nth)[i]!) <= 0.51e-4)
      );
    }
  });

  await test.step("every kind of PNG: grey, RGB, RGBA, palette, 16 bits", async () => {
    const files = await filesIn(PNG);
    const { code, stdout, stderr } = await project.run("predict", ["--run", run, ...files]);
    assert.equal(code, 0, stderr);
    const found = readCsv(stdout);
    assert.deepEqual([...found.keys()], files.map((file) => basename(file)));
    for (const scores of found.values()) assert(scores.every((score) => score >= 0 && score <= 1));
  });

  await test.step({
    name: "real PNGs in the kinds that the NIH's copies hold",
    ignore: !existsSync(NIH_PNG),
    async fn() {
      const files = await filesIn(NIH_PNG);
      const { code, stdout, stderr } = await project.run("predict", ["--run", run, ...files]);
      assert.equal(code, 0, stderr);
      assert.equal(readCsv(stdout).size, files.length);
    },
  });

  await test.step("scores of 0 and 1 keep their form", async () => {
    const checkpoint = join(run, "checkpoints/epoch-01.safetensors");
    const whole = await Deno.readFile(checkpoint);
    const { tensors, metadata } = await readSafetensors(checkpoint);
    (tensors.get("dense/bias")!.data as Float32Array).set([-60, 60]);
    await writeSafetensors(checkpoint, tensors, { metadata });
    const { stdout } = await project.run("predict", ["--run", run, fileOf(0)]);
    const lines = stdout.trim().split("\n");
    assert.match(lines[0]!, /^Cardiomegaly +1\.0000$/);
    assert.match(lines.at(-1)!, /^Atelectasis +0\.0000$/);
    await Deno.writeFile(checkpoint, whole);
  });

  await test.step("mistakes end with one line", async () => {
    const text = join(path, "text.png");
    await Deno.writeTextFile(text, "no picture, but long enough for its start to be read");
    const checkpoint = join(run, "checkpoints/epoch-01.safetensors");
    const config = join(run, "config.json");
    const settings = await Deno.readTextFile(config);
    const mistakes: [string[], () => unknown, RegExp][] = [
      [["--run", run, join(path, "nowhere.png")], () => {}, /nowhere.png: no such file$/],
      [["--run", run, text], () => {}, /text.png: not a PNG, JPEG or DICOM file$/],
      [["--run", run], () => {}, /missing required argument 'image'$/],
      [["--run", images, fileOf(0)], () => {}, /images: no run \(config.json is missing\)$/],
      [
        ["--run", run, fileOf(0)],
        () => Deno.writeTextFile(config, settings.replace("resnet11v2", "resnet20v2")),
        /epoch-01.safetensors: holds weights of resnet11v2, not of resnet20v2$/,
      ],
      [
        ["--run", run, fileOf(0)],
        async () => {
          await Deno.writeTextFile(config, settings);
          await Deno.truncate(checkpoint, 5000);
        },
        /epoch-01.safetensors: cut short/,
      ],
      [
        ["--run", run, fileOf(0)],
        () => Deno.remove(join(run, "selection.json")),
        /selection.json is missing: .*--resume/,
      ],
    ];
    for (const [flags, change, message] of mistakes) {
      await change();
      const { code, stdout, stderr } = await project.run("predict", flags);
      assert.equal(code, 1, stderr);
      assert.equal(stdout, "");
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
      assert.match(stderr, /^error: /);
      assert.match(stderr.trim(), message);
    }
  });
});
