import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";
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
  await using project = await smallRun({ phantom: true });
  const { dir: run, images, path } = project;
  const tested = await readPredictions(join(run, "test/predictions.csv"));
  const scoresOf = (
    nth: number,
  ) => [...tested.scores.subarray(nth * NIH_FINDINGS.length, (nth + 1) * NIH_FINDINGS.length)];
  const fileOf = (nth: number) => join(images, "images", tested.images[nth]!);

  await test.step("one image: the findings, the most suspected first, with the scores of the run's test", async () => {
    const { code, stdout, stderr } = await project.run("predict", ["--run", run, fileOf(0)]);
    assert.deepEqual([code, stderr], [0, ""]);
    const lines = stdout.trim().split("\n").map((line) => line.split(/ +/));
    const expected = scoresOf(0).map((score, i) => [NIH_FINDINGS[i]!, score] as const).sort((a, b) =>
      b[1] - a[1]
    );
    assert.deepEqual(lines.map(([label]) => label), expected.map(([label]) => label));
    lines.forEach(([, score], i) => assert(Math.abs(Number(score) - expected[i]![1]) <= 0.51e-4));
  });

  await test.step("several images: CSV", async () => {
    const files = [1, 2].map((nth) => join("images", "images", tested.images[nth]!));
    const { code, stdout, stderr } = await project.run("predict", ["--run", run, ...files]);
    assert.deepEqual([code, stderr], [0, ""]);
    const found = readCsv(stdout);
    assert.deepEqual([...found.keys()], files, "paths as they were given");
    for (const [i, file] of files.entries()) {
      found.get(file)!.forEach((score, label) => {
        const expected = scoresOf(i + 1)[label]!;
        assert(Math.abs(score - expected) <= 1e-6 * expected, `${score} is not ${expected}`);
      });
    }
    const cells = stdout.trim().split("\n").slice(1).flatMap((line) => line.split(",").slice(1));
    assert(cells.every((cell) => cell.length > 12), "all digits");
  });

  await test.step("a warning for images that are black or of one value, and for others than phantoms", async () => {
    for (const [name, value] of [["black.png", 0], ["grey.png", 128]] as const) {
      const create = {
        width: 40,
        height: 30,
        channels: 3,
        background: { r: value, g: value, b: value },
      } as const;
      await sharp({ create }).toFile(join(path, name));
    }
    const twelveBits = Uint16Array.from({ length: 40 * 30 }, (_, i) => i * 3);
    const raw = { width: 40, height: 30, channels: 1 } as const;
    await sharp(twelveBits, { raw }).toColourspace("grey16").png().toFile(join(path, "twelve.png"));
    const files = ["black.png", "grey.png", "twelve.png"];
    const { code, stdout, stderr } = await project.run("predict", ["--run", run, ...files, fileOf(1)]);
    assert.equal(code, 0, stderr);
    assert.equal(readCsv(stdout).size, 4);
    assert.deepEqual(stderr.trim().split("\n"), [
      "warning: black.png is all black",
      "warning: grey.png has the same value (128 of 255) in every pixel",
      "warning: twelve.png is almost black: no pixel is brighter than 14 of 255; are its values of 12 bits in a file of 16?",
      "warning: black.png: the network was trained on phantom images; what it says of a real radiograph means nothing",
    ]);
  });

  await test.step("every kind of PNG: grey, RGB, RGBA, palette, 16 bits", async () => {
    const files = await filesIn(PNG);
    const { code, stdout, stderr } = await project.run("predict", ["--run", run, ...files]);
    assert.equal(code, 0, stderr);
    const found = readCsv(stdout);
    assert.deepEqual([...found.keys()], files);
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
