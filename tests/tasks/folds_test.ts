import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { bitsOf } from "../_folders.ts";
import { writeImages } from "../training/_images.ts";
import { testProject } from "./_project.ts";

const SMALL = ["--depth", "11", "--image-size", "32", "--batch-size", "16", "--epochs", "1"];
const UNCHECKED = ["--checked-maps", "0", "--shortcut-images", "0"];

Deno.test("folds are trained one after the other, and go on where they were left", async (t) => {
  await using project = await testProject();
  const data = join(project.path, "images");
  await writeImages(data);
  const run = join(project.path, "folds");
  const flags = ["--data", data, "--run", run, "--folds", "2", ...SMALL, ...UNCHECKED];

  await t.step("a mistake leaves nothing", async () => {
    for (
      const [more, message] of [
        [["--split", "image"], /folds 2: folds are drawn by patient/],
        [["--fold", "3"], /fold 3: it has to be from 1 to folds/],
        [["--open"], /--folds: with --open, say which is trained, as in --fold 1/],
        [["--weights", "imagenet"], /imagenet/],
      ] as const
    ) {
      const { code, stderr } = await project.run("train", [...flags, ...more]);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^ +at /m);
      await assert.rejects(Deno.stat(run), Deno.errors.NotFound);
    }
  });

  await t.step("each image is tested once, and the figures are those of the files", async () => {
    const { code, stdout, stderr } = await project.run("train", flags);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /split by patient into 2 folds, of which fold 2 is the test set/);
    const { labels, mean, folds } = JSON.parse(await Deno.readTextFile(join(run, "cross-validation.json")));
    assert.match(stdout, new RegExp(`^Mean of [\\d of]+ +${mean.toFixed(3)} `, "m"));
    assert.equal(folds.length, 2);
    const rows = (await Deno.readTextFile(join(run, "predictions.csv"))).trim().split("\n").slice(1);
    assert.equal(new Set(rows.map((row) => row.split(",")[0])).size, rows.length);
    assert.equal(rows.length, folds[0].images + folds[1].images);
    assert.ok(labels.every((label: { folds: unknown[] }) => label.folds.length === 2));
    const listed = await project.run("runs", ["--dir", project.path]);
    assert.match(listed.stdout, /^folds\/fold-1 /m, listed.stdout + listed.stderr);
  });

  await t.step("a cross-validation that is given for a run is told, and its runs are named", async () => {
    for (
      const [task, more, message] of [
        ["evaluate", ["--data", data], /folds: a cross-validation, whose runs are in its folders: name one/],
        ["compare", ["--run", join(run, "fold-1")], /folds: a cross-validation, whose scores are those of/],
        ["train", ["--resume", "--fold", "2"], /--fold 2: .* one alone by --run .*fold-2$/m],
      ] as const
    ) {
      const { code, stderr } = await project.run(task, ["--run", run, ...more]);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
  });

  await t.step("a fold that has ended stays, one that has not is trained to the same bits", async () => {
    const before = await bitsOf(run);
    await Deno.remove(join(run, "fold-2"), { recursive: true });
    const { code, stderr } = await project.run("train", ["--run", run, "--resume"]);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /Fold 1 of 2/);
    assert.match(stderr, /Fold 2 of 2/);
    const after = await bitsOf(run);
    assert.deepEqual(after, before);
    const again = await project.run("train", flags);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /not empty/);
  });

  await t.step("a fold that was edited, is of other settings or of more folds is refused", async () => {
    const before = await bitsOf(run);
    const refuses = async (more: readonly string[], message: RegExp) => {
      const { code, stderr } = await project.run("train", ["--run", run, ...more]);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
    };
    for (
      const [file, change, message] of [
        ["fold-2/test/predictions.csv", (text: string) => text.replace(/0\.\d+/, "0.5"), /anew$/m],
        [
          "fold-2/config.json",
          (text: string) => text.replace('"seed": 0', '"seed": 1'),
          /fold-2: has seed 1, and the cross-validation has 0$/m,
        ],
        [
          "fold-2/config.json",
          (text: string) => text.replace('"epochs": 1', '"epochs": 2'),
          /fold-2: has 2 epochs, and the cross-validation 1: .* --epochs 2$/m,
        ],
      ] as const
    ) {
      const text = await Deno.readTextFile(join(run, file));
      await Deno.writeTextFile(join(run, file), change(text));
      await refuses(["--resume"], message);
      await Deno.writeTextFile(join(run, file), text);
    }
    await cp(join(run, "fold-2"), join(run, "fold-3"), { recursive: true });
    await refuses([...flags, "--overwrite"], /fold-3: .* more than 2 folds/);
    await Deno.remove(join(run, "fold-3"), { recursive: true });
    assert.deepEqual(await bitsOf(run), before);
  });
});
