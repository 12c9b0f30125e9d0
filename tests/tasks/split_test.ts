import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { describeSplit } from "../../lib/tasks/split.ts";
import { entriesOf } from "../dataset/_files.ts";
import { noNih } from "../dataset/_nih.ts";

const PROJECT = resolve(import.meta.dirname!, "../..");
const HEADER = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position";

/** Runs `deno task split` in a folder, so with the permissions of deno.json. */
async function runSplit(cwd: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--config", join(PROJECT, "deno.json"), "split", ...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), error: decoder.decode(stderr) };
}

/** A folder with the metadata and lists of 40 patients with two images each, and no images. */
async function makeDataset(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const images = entriesOf(new Array(40).fill(2));
  const rows = images.map(({ image, patient, followUp }) => `${image},Mass,${followUp},${patient},40,F,PA\n`);
  const names = images.map(({ image }) => `${image}\n`);
  await Deno.writeTextFile(join(folder, "Data_Entry_2017.csv"), `${HEADER}\n${rows.join("")}`);
  await Deno.writeTextFile(join(folder, "train_val_list.txt"), names.slice(0, 60).join(""));
  await Deno.writeTextFile(join(folder, "test_list.txt"), names.slice(60).join(""));
  return folder;
}

Deno.test("describeSplit() shows counts by subset and label, and shared patients", () => {
  const [a1, a2, b1, b2, c1, d1] = entriesOf([2, 2, 1, 1]);
  a1!.labels = ["Mass"];
  c1!.labels = ["Edema", "Mass"];
  const text = describeSplit({ training: [a1!, b1!], validation: [b2!], test: [a2!, c1!, d1!] }, {
    findings: NIH_FINDINGS,
    dropped: 1234,
    undersampled: "training",
  });
  const lines = text.split("\n");
  assert.deepEqual(lines.slice(0, 4), [
    "                       training    validation         test",
    "images                        2             1            3",
    "patients                      2             1            3",
    "No Finding           1 (50.0 %)   1 (100.0 %)   2 (66.7 %)",
  ]);
  assert(lines.includes("Edema                 0 (0.0 %)     0 (0.0 %)   1 (33.3 %)"));
  assert(lines.includes("Mass                 1 (50.0 %)     0 (0.0 %)   1 (33.3 %)"));
  assert.deepEqual(lines.slice(4 + 14), [
    "",
    "1,234 images with no finding were left out, all of them of the training set.",
    "Test images whose patient is in training: 1 (33.3 %); in validation: 0 (0.0 %).",
    "Validation images whose patient is in training: 1 (100.0 %).",
  ]);
});

Deno.test("deno task split writes each kind of split from metadata alone, beside the user", async () => {
  const folder = await makeDataset();
  for (
    const [kind, sizes] of [["image", [64, 4, 12]], ["patient", [64, 4, 12]], ["official", [
      58,
      2,
      20,
    ]]] as const
  ) {
    const args = ["--data", ".", "--split", kind, "--out", "out/split.csv"];
    const { code, output, error } = await runSplit(folder, ...args);
    assert.equal(error, "");
    assert.equal(code, 0);
    const rows = (await Deno.readTextFile(join(folder, "out/split.csv"))).trimEnd().split("\n");
    assert.equal(rows[0], "image,patient,set");
    const subsets = rows.slice(1).map((row) => row.split(",")[2]);
    assert.deepEqual(
      ["training", "validation", "test"].map((subset) => subsets.filter((other) => other === subset).length),
      sizes,
    );
    assert.match(output, new RegExp(`^images +${sizes.join(" +")}$`, "m"));
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deno task split ends wrong input with one line, and writes nothing", async () => {
  const folder = await makeDataset();
  await Deno.writeTextFile(join(folder, "test_list.txt"), "1_0.png\n");
  const cases: [args: string[], message: RegExp][] = [
    [["--split", "offical"], /^error: option '--split <kind>' argument 'offical' is invalid\..*\n$/],
    [
      ["--split", "official", "--test-fraction", "0.2"],
      /^error: --test-fraction: says nothing of a split as the data set itself does\n$/,
    ],
    [["--lists", "."], /^error: .*: lists are for an official split, and this one is by patient\n$/],
    [
      ["--data", ".", "--table", "test_list.txt"],
      /^error: option '--table <file>' cannot be used with option '--data <dir>'\n$/,
    ],
    [["--split", "official"], /^error: .* has no official split; .* the folder of .*\n$/],
    [
      ["--split", "official", "--data", "."],
      /^error: .*Data_Entry.*\.csv: 20 images are in none of the official lists: 31_0\.png, .*\n$/,
    ],
    [["--data", "none"], /^error: .*none.*\n$/],
    [["--seeds", "3"], /^error: unknown option '--seeds' \(Did you mean --seed\?\)\n$/],
  ];
  for (const [args, message] of cases) {
    const { code, error } = await runSplit(folder, "--out", "split.csv", ...args);
    assert.match(error, message);
    assert.equal(code, 1);
  }
  const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["Data_Entry_2017.csv", "test_list.txt", "train_val_list.txt"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deno task split writes over no table or list that it reads", async () => {
  const folder = await makeDataset();
  const table = join(folder, "Data_Entry_2017.csv");
  const before = await Deno.readTextFile(table);
  for (const more of [[], ["--overwrite"]]) {
    const { code, error } = await runSplit(folder, "--data", ".", "--out", "Data_Entry_2017.csv", ...more);
    assert.equal(code, 1);
    assert.match(
      error,
      /^error: .*Data_Entry_2017\.csv: this command reads it, so it is not written over: .*\n$/,
    );
    assert.equal(await Deno.readTextFile(table), before);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "deno task split divides the NIH's images as the original notebook did",
  ignore: noNih,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    for (const args of [["original"], ["image"], ["image", "--draw-normal"]]) {
      const all = ["--keep-normal", "0.2", "--undersample", "all", "--out", "split.csv"];
      const { output, error } = await runSplit(folder, "--split", ...args, ...all);
      assert.equal(error, "");
      assert.match(output, /^images +51,001 +3,255 +9,575$/m);
      assert.match(output, /^48,289 images with no finding were left out, of all three sets\.$/m);
      if (args[0] === "original") {
        assert.match(output, /^Hernia +183 \(0\.4 %\) +11 \(0\.3 %\) +33 \(0\.3 %\)$/m);
      }
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "deno task split undersamples the training set alone",
  ignore: noNih,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const { output, error } = await runSplit(folder, "--keep-normal", "0.2", "--out", "split.csv");
    assert.equal(error, "");
    assert.match(output, /^images +50,\d\d\d +5,718 +16,818$/m);
    assert.match(output, /were left out, all of them of the training set\.$/m);
    assert.match(output, /^No Finding +\S+ \((18|19)\.\d %\) +\S+ \(5\d\.\d %\) +\S+ \(5\d\.\d %\)$/m);
    await Deno.remove(folder, { recursive: true });
  },
});
