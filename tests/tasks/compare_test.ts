import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/random.ts";
import { type Predictions, writePredictions } from "../../lib/evaluation/predictions.ts";
import { runFolder } from "../../lib/training/run_folder.ts";

const IMAGES = 400;

/** Predictions of two labels whose scores know the truth as well as `skill` says. */
function predictionsOf(skill: number): Predictions {
  const stream = random(1, "test", skill);
  const truth = Uint8Array.from({ length: 2 * IMAGES }, (_, i) => Number(i % 7 < 2));
  return {
    labels: ["Mass", "Nodule"],
    images: Array.from({ length: IMAGES }, (_, i) => `${i}.png`),
    patients: Array.from({ length: IMAGES }, (_, i) => Math.floor(i / 2)),
    truth,
    scores: Float64Array.from(truth, (value) => skill * value + stream.uniform()),
  };
}

async function task(name: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-read",
      "--allow-write",
      "--allow-ffi",
      "--allow-env",
      `lib/tasks/${name}.ts`,
      ...args,
    ],
    cwd: join(import.meta.dirname!, "..", ".."),
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("deno task compare says which of two runs is ahead, and whether that is sure", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const [good, bad] = [join(dir, "good"), join(dir, "bad")];
    await writePredictions(runFolder(good).predictions("test"), predictionsOf(0.9));
    await writePredictions(runFolder(bad).predictions("test"), predictionsOf(0.1));
    const { code, stdout } = await task("compare", "--run", good, "--run", bad);
    assert.equal(code, 0);
    assert.match(stdout, /Both scored the same images\./);
    assert.match(stdout, /^Mass +\d+ +\.9\d\d +\.\d{3} +\+\.\d{3} +\.\d{3} to \.\d{3} +< \.001/m);
    assert.match(stdout, /The first is ahead/);
    assert.match((await task("compare", "--run", bad, "--run", good)).stdout, /The second is ahead/);
    assert.match((await task("compare", "--run", bad, "--run", bad)).stdout, /Neither is surely ahead/);
    const once = await task("compare", "--run", good);
    assert.equal(once.code, 1);
    assert.equal(once.stderr, "error: --run: has to be given twice, and was given once\n");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("deno task metrics judges scores in a CSV by a folder's metadata, and writes a report", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const header =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position," +
      "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]";
    const rows = Array.from({ length: IMAGES }, (_, i) => {
      const finding = i % 4 === 0 ? "Mass" : "No Finding";
      return `${i}.png,${finding},${i % 2},${Math.floor(i / 2)},${30 + i % 50},${
        i % 3 ? "M" : "F"
      },PA,1,1,1,1`;
    });
    await Deno.writeTextFile(join(dir, "Data_Entry_2017.csv"), [header, ...rows].join("\n") + "\n");
    const stream = random(2, "test");
    const scores = rows.map((_, i) => `folder/${i}.png,${(Number(i % 4 === 0) + stream.uniform()) / 2}`);
    const file = join(dir, "scores.csv");
    await Deno.writeTextFile(file, ["filename,prob_Mass", ...scores].join("\n") + "\n");
    const out = join(dir, "judged");
    const { code, stdout, stderr } = await task(
      "metrics",
      "--predictions",
      file,
      "--data",
      dir,
      "--out",
      out,
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Mass +100 +1\.000/m);
    const names = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["metrics.json", "predictions.csv", "report.html"]);

    await Deno.writeTextFile(file, ["filename,prob_Mass", "0.png,NaN"].join("\n") + "\n");
    const refused = await task("metrics", "--predictions", file, "--data", dir, "--out", join(dir, "none"));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^error: .*scores\.csv, row 2: .*NaN.*\n$/);
    assert.equal([...Deno.readDirSync(dir)].some(({ name }) => name === "none"), false);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
