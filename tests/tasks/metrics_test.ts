import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/support/random.ts";
import { readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { readMetrics } from "../../lib/evaluation/read_metrics.ts";
import { bitsOf } from "../_folders.ts";
import { testProject } from "./_project.ts";

const HEADER = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position," +
  "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]";
const PLACES = [...Array(400).keys()];

/** A folder's metadata: every fourth image has a Mass; two images a patient. */
const METADATA = PLACES.map((i) =>
  [
    `${i}.png`,
    i % 4 === 0 ? "Mass" : "No Finding",
    i % 2,
    Math.floor(i / 2),
    30 + i % 50,
    i % 3 ? "M" : "F",
    "PA,1,1,1,1",
  ].join(",")
);

function csv(...lines: string[]): string {
  return lines.join("\n") + "\n";
}

Deno.test("deno task metrics judges scores in a CSV by a folder's metadata, and writes a report", async () => {
  await using project = await testProject();
  const inside = (name: string) => join(project.path, name);
  const metrics = (...flags: string[]) =>
    project.run("metrics", ["--predictions", "scores.csv", "--data", ".", ...flags]);
  await Deno.writeTextFile(inside("Data_Entry_2017.csv"), csv(HEADER, ...METADATA));
  const stream = random(2, "test");
  const scores = PLACES.map((i) => `folder/${i}.png,${(Number(i % 4 === 0) + stream.uniform()) / 2}`);
  await Deno.writeTextFile(inside("scores.csv"), csv("filename,prob_Mass", ...scores));

  const { code, stdout, stderr } = await metrics("--out", "judged");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Mass +100 +1\.000/m);
  const names = [...Deno.readDirSync(inside("judged"))].map(({ name }) => name).sort();
  assert.deepEqual(names, ["SHA256SUMS", "metrics.json", "predictions.csv", "report.html"]);
  const { labels, baselines, subgroups } = await readMetrics(inside("judged/metrics.json"));
  assert.deepEqual(labels.map(({ name, auc, operatingPoints }) => [name, auc, operatingPoints]), [[
    "Mass",
    1,
    [],
  ]]);
  assert.ok(baselines && subgroups);
  const report = await Deno.readTextFile(inside("judged/report.html"));
  assert.match(
    report,
    /none is shown beside these\. How its images were split .* is not known \(--split would say it\)/,
  );

  assert.match(
    stdout,
    /^scores\.csv: 400 images, by "filename"; scores of 1 of 14 findings, .* "prob_LABEL"$/m,
  );
  assert.match(stdout, /^ {2}Mass from "prob_Mass"$/m);
  assert.match(
    stdout,
    /^Note: A mean is over 1 of 14 findings: the file has no scores of Atelectasis, .*\.$/m,
  );

  // Every second image for validation, and for the test the others, of the same patients.
  for (const [name, half] of [["test.csv", 1], ["validation.csv", 0]] as const) {
    await Deno.writeTextFile(
      inside(name),
      csv("filename,prob_Mass", ...scores.filter((_, i) => i % 2 === half)),
    );
  }
  const halves = ["--predictions", "test.csv", "--validation", "validation.csv", "--data", "."];
  const more = await project.run("metrics", [...halves, "--out", "more", "--split", "original"]);
  assert.equal(more.code, 0, more.stderr);
  const shared = /200 of 200 test images are of the 200 patients who are in the validation set too/;
  assert.match(more.stdout, shared);
  const compared = await Deno.readTextFile(inside("more/report.html"));
  assert.match(compared, shared);
  assert.match(compared, /A mean is over 1 of 14 findings/);
  assert.match(compared, /Its 200 test images are neither all of the NIH&#39;s test list nor the original/);
  assert.doesNotMatch(compared, /The original notebook<\/th>|>Original</);
  assert.match(compared, /Threshold: a missed finding costs 10 false alarms/);
  await metrics("--out", "official", "--split", "official");
  assert.match(
    await Deno.readTextFile(inside("official/report.html")),
    /Its 400 test images are neither all of the NIH&#39;s test list nor/,
  );
});

Deno.test("deno task metrics prints what each column became, and takes the form and the sigmoid that it is told to", async () => {
  await using project = await testProject();
  const inside = (name: string) => join(project.path, name);
  await Deno.writeTextFile(inside("Data_Entry_2017.csv"), csv(HEADER, ...METADATA));
  const header = "image,Mass,Mass_densenet,Pleural Effusion_densenet,Support Devices";
  // The ground truth is another than the metadata's in the first row.
  const rows = PLACES.map((i) =>
    `${i}.png,${Number(i > 0 && i % 4 === 0)},${i % 4 === 0 ? 2 : i % 3 - 2},${i % 5 - 2},0.5`
  );
  await Deno.writeTextFile(inside("scores.csv"), csv(header, ...rows));
  const flags = ["--predictions", "scores.csv", "--data", ".", "--out", "judged"];
  const unsaid = await project.run("metrics", flags);
  assert.equal(unsaid.code, 1);
  assert.match(
    unsaid.stderr,
    /^error: scores\.csv, row 1: it cannot be told .* --columns "LABEL_densenet"\n$/,
  );
  const { code, stdout, stderr } = await project.run("metrics", [
    ...flags,
    ...["--columns", "LABEL_densenet", "--logits"],
  ]);
  assert.equal(code, 0, stderr);
  const [said] = stdout.split("\n\n");
  assert.deepEqual(said!.split("\n").filter((line) => !line.startsWith("Note: A mean is over")), [
    'scores.csv: 400 images, by "image"; scores of 2 of 14 findings, in columns of the form "LABEL_densenet"',
    '  Effusion from "Pleural Effusion_densenet" (so called by CheXpert, MIMIC-CXR, PadChest and VinDr-CXR)',
    '  Mass from "Mass_densenet"',
    '  ground truth of Mass, compared with the metadata\'s, from "Mass": the same in 399 of 400 rows',
    '  left: "Support Devices" (no finding of the data set)',
    "Note: The ground truth in \"Mass\" is another than the metadata's in 1 of 400 rows; the metadata's is used.",
  ]);
  assert.match(stdout, /^Note: A mean is over 2 of 14 findings: the file has no scores of Atelectasis, /m);
  const { labels, scores } = await readPredictions(inside("judged/predictions.csv"));
  assert.deepEqual(labels, ["Effusion", "Mass"]);
  // 1 / (1 + math.exp(1)) in Python.
  assert.ok(Math.abs(scores[3]! - 0.2689414213699951) < 1e-15, String(scores[3]));
});

Deno.test("deno task metrics writes over its own older output alone, and never over what it reads", async () => {
  await using project = await testProject();
  const inside = (name: string) => join(project.path, name);
  await Deno.writeTextFile(inside("Data_Entry_2017.csv"), csv(HEADER, ...METADATA));
  const text = csv("image,Mass", ...PLACES.map((i) => `${i}.png,${(i % 7) / 10}`));
  await Deno.mkdir(inside("mine"));
  await Deno.writeTextFile(inside("mine/predictions.csv"), text);
  const metrics = (...flags: string[]) =>
    project.run("metrics", ["--predictions", "mine/predictions.csv", "--data", ".", ...flags]);
  for (const more of [[], ["--overwrite"]]) {
    const { code, stderr } = await metrics("--out", "mine", ...more);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: .*mine\/predictions\.csv: this command reads it, so it is not written over: .*\n$/,
    );
  }
  assert.deepEqual(Object.keys(await bitsOf(inside("mine"))), ["predictions.csv"]);
  assert.equal(await Deno.readTextFile(inside("mine/predictions.csv")), text);
  for (const _ of [1, 2]) assert.equal((await metrics("--out", "out")).code, 0);
  const whole = await bitsOf(inside("out"));
  await Deno.writeTextFile(inside("out/report.html"), "my notes");
  const changed = await metrics("--out", "out");
  assert.equal(changed.code, 1);
  assert.match(
    changed.stderr,
    /^error: .*out\/report\.html: is there already, and not as this task wrote it: .*\n$/,
  );
  assert.equal(await Deno.readTextFile(inside("out/report.html")), "my notes");
  assert.equal((await metrics("--out", "out", "--overwrite")).code, 0);
  assert.deepEqual(await bitsOf(inside("out")), whole);
});

Deno.test("deno task metrics gives no interval of one positive, and says over how many labels the mean is", async () => {
  await using project = await testProject();
  const inside = (name: string) => join(project.path, name);
  const row = (i: number, label: string) =>
    `${String(i).padStart(8, "0")}_000.png,${label},0,${i},50,M,PA,1,1,1,1`;
  const normal = Array.from({ length: 40 }, (_, i) => row(i + 2, "No Finding"));
  await Deno.writeTextFile(inside("Data_Entry_2017.csv"), csv(HEADER, row(1, "Mass"), ...normal));
  const scores = Array.from(
    { length: 41 },
    (_, i) => `${String(i + 1).padStart(8, "0")}_000.png,${i === 0 ? 0.9 : i / 100},0.1`,
  );
  await Deno.writeTextFile(inside("scores.csv"), csv("image,Mass,Hernia", ...scores));
  const { code, stdout, stderr } = await project.run("metrics", [
    ...["--data", ".", "--predictions", "scores.csv", "--out", "judged"],
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Mass +1 +1\.000 +- +1\.000 +- +only 1 positive$/m);
  assert.match(stdout, /^Hernia +0 +- +- +- +- +no positives$/m);
  assert.match(stdout, /^mean over 1 of 2 labels +1\.000 +- +1\.000 +-$/m);
  assert.match(stdout, /^No interval: fewer than three patients have the finding/m);
  assert.doesNotMatch(stdout, /1\.000 to 1\.000/);
  const { labels, summary } = await readMetrics(inside("judged/metrics.json"));
  const mass = labels.find(({ name }) => name === "Mass")!;
  assert.deepEqual([mass.aucInterval, mass.averagePrecisionInterval, summary.meanInterval], [
    null,
    null,
    null,
  ]);
});

Deno.test("deno task metrics refuses what cannot be judged, in one line, and leaves nothing", async () => {
  await using project = await testProject();
  const inside = (name: string) => join(project.path, name);
  await Deno.writeTextFile(inside("Data_Entry_2017.csv"), csv(HEADER, ...METADATA));
  const rows = (...images: number[]) => images.map((i) => `${i}.png,0.${i + 1}`);
  const files = {
    "nan.csv": csv("filename,prob_Mass", "0.png,NaN"),
    "truth.csv": csv("image,Mass", ...PLACES.map((i) => `${i}.png,${Number(i % 4 === 0)}`)),
    "test.csv": csv("image,Mass", ...rows(0, 1, 2, 3)),
    "overlap.csv": csv("path,Mass", ...rows(8, 7, 6, 2).map((row) => `images/${row}`)),
    "nodule.csv": csv("image,Nodule", ...rows(4, 5, 6, 7)),
    "logits.csv": csv("image,Mass", "4.png,-2", "5.png,2", "6.png,0.5"),
  };
  for (const [name, content] of Object.entries(files)) await Deno.writeTextFile(inside(name), content);
  const cases: [flags: string[], message: RegExp][] = [
    [["--predictions", "nan.csv"], /^error: nan\.csv, row 2: prob_Mass "NaN" is not a finite number\n$/],
    [
      ["--predictions", "truth.csv"],
      /^error: truth\.csv, row 1: column "Mass": 0 and 1 only, as the metadata /,
    ],
    [
      ["--predictions", "test.csv", "--validation", "test.csv"],
      /^error: test\.csv: 4 of its images are in test\.csv too, such as "0\.png": .*\n$/,
    ],
    [
      ["--predictions", "test.csv", "--validation", "overlap.csv"],
      /^error: overlap\.csv: 1 of its images are in test\.csv too, such as "2\.png": .*\n$/,
    ],
    [
      ["--predictions", "test.csv", "--validation", "nodule.csv"],
      /^error: test\.csv: no scores of Nodule, which nodule\.csv has\n$/,
    ],
    [
      ["--predictions", "test.csv", "--validation", "logits.csv"],
      /^error: logits\.csv: scores of Mass are not between 0 and 1, and those of test\.csv are: /,
    ],
  ];
  for (const [flags, message] of cases) {
    const { code, stderr } = await project.run("metrics", [...flags, "--data", ".", "--out", "none"]);
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
  assert.equal([...Deno.readDirSync(project.path)].some(({ name }) => name === "none"), false);
});
