import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/support/random.ts";
import { readMetrics } from "../../lib/evaluation/metrics.ts";
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
  assert.deepEqual(names, ["metrics.json", "predictions.csv", "report.html"]);
  const { labels, controls, subgroups } = await readMetrics(inside("judged/metrics.json"));
  assert.deepEqual(labels.map(({ name, auc, operatingPoints }) => [name, auc, operatingPoints]), [[
    "Mass",
    1,
    [],
  ]]);
  assert.ok(controls && subgroups);
  const report = await Deno.readTextFile(inside("judged/report.html"));
  assert.match(report, /is not known \(--split would say it\)\. So it can be compared with none of these/);

  // Every second image for validation, whose patients are in both: what is tested here are flags.
  await Deno.writeTextFile(
    inside("validation.csv"),
    csv("filename,prob_Mass", ...scores.filter((_, i) => i % 2 === 0)),
  );
  const more = await metrics("--out", "more", "--validation", "validation.csv", "--split", "image");
  assert.equal(more.code, 0, more.stderr);
  const compared = await Deno.readTextFile(inside("more/report.html"));
  assert.match(
    compared,
    /<td[^>]*>The original notebook<\/td><td[^>]*>0\.706<\/td><td[^>]*>by image<\/td><td[^>]*>yes</,
  );
  assert.match(compared, /Threshold: a missed finding costs 10 false alarms/);
  await metrics("--out", "official", "--split", "official");
  assert.match(
    await Deno.readTextFile(inside("official/report.html")),
    /test part has 25,596 images, and these are/,
  );
});

Deno.test("deno task metrics refuses what is no score, and leaves nothing", async () => {
  await using project = await testProject();
  const inside = (name: string) => join(project.path, name);
  await Deno.writeTextFile(inside("Data_Entry_2017.csv"), csv(HEADER, ...METADATA));
  await Deno.writeTextFile(inside("scores.csv"), csv("filename,prob_Mass", "0.png,NaN"));
  const flags = ["--predictions", "scores.csv", "--data", ".", "--out", "none"];
  const { code, stderr } = await project.run("metrics", flags);
  assert.equal(code, 1);
  assert.match(stderr, /^error: .*scores\.csv, row 2: .*NaN.*\n$/);
  assert.equal([...Deno.readDirSync(project.path)].some(({ name }) => name === "none"), false);
});
