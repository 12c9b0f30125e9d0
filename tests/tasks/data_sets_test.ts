import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import sharp from "sharp";
import { CHEXPERT_FINDINGS } from "../../lib/dataset/formats/chexpert.ts";
import { readMetrics } from "../../lib/evaluation/read_metrics.ts";
import { readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { UNKNOWN } from "../../lib/dataset/entry.ts";
import { random } from "../../lib/support/random.ts";
import { readSafetensors } from "../../lib/weight_files/safetensors.ts";
import { readRunConfig } from "../../lib/training/run_config.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { planCases } from "../../lib/phantom/cases.ts";
import { drawPhantom } from "../../lib/phantom/draw_phantom.ts";
import { dicomFile } from "../dataset/_write_dicom.ts";
import { type Ending, testProject } from "./_project.ts";

const FIXTURES = resolve(import.meta.dirname!, "../fixtures/dataset");
const UNCHECKED = ["--checked-maps", "0", "--shortcut-images", "0"];
const SMALL = ["--depth", "11", "--image-size", "32", "--batch-size", "16", "--epochs", "1", ...UNCHECKED];

/** Writes a grey image, bright in its upper half where it has a finding. */
async function writeImage(
  path: string,
  { finding, seed }: { finding: boolean; seed: number },
): Promise<void> {
  const { uniform } = random(seed, "image of a data set");
  const pixels = Uint8Array.from(
    { length: 32 * 32 },
    (_, at) => 100 * uniform() + (finding && at < 512 ? 120 : 0),
  );
  await Deno.mkdir(dirname(path), { recursive: true });
  await sharp(pixels, { raw: { width: 32, height: 32, channels: 1 } }).toColourspace("b-w").toFile(path);
}

function assertEnded({ code, stderr }: Ending): void {
  assert.equal(code, 0, stderr);
}

Deno.test("a table with a column of images and one finding is trained on, tested, explained and used", async () => {
  await using project = await testProject();
  const path = (name: string) => join(project.path, name);
  const rows = ["image,tuberculosis"];
  for (let i = 0; i < 90; i++) {
    const finding = i % 3 === 0;
    await writeImage(path(`pictures/${i % 2}/${i}.jpg`), { finding, seed: i });
    rows.push(`${i}.jpg,${Number(finding)}`);
  }
  await Deno.writeTextFile(path("labels.csv"), rows.join("\n"));
  const data = ["--table", path("labels.csv"), "--images", path("pictures")];
  const refused = await project.run("train", [...data, "--run", path("run"), ...SMALL]);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^error: .*labels\.csv does not say which images are of one patient.*--split image/m,
  );

  const trained = await project.run("train", [...data, "--split", "image", "--run", path("run"), ...SMALL]);
  assertEnded(trained);
  assert.match(trained.stderr, /^Columns: image "image"\.$/m);
  assert.match(trained.stderr, /^Findings \(a column each\): tuberculosis\.$/m);
  const run = runFolder(path("run"));
  const { findings, settings } = JSON.parse(await Deno.readTextFile(run.config));
  assert.deepEqual([findings, settings.split], [["tuberculosis"], "image"]);
  const { metadata, tensors } = await readSafetensors(run.checkpoint(1));
  assert.equal(metadata.findings, '["tuberculosis"]');
  assert.deepEqual(tensors.get("dense/kernel")?.shape.at(-1), 1);
  const [label] = (await readMetrics(run.metrics)).labels;
  assert.deepEqual([label!.name, label!.positives + label!.negatives, label!.unknown], [
    "tuberculosis",
    14,
    0,
  ]);
  assert.match(
    await Deno.readTextFile(run.modelCard),
    /for one finding of the table labels\.csv: Tuberculosis\./,
  );
  const report = await Deno.readTextFile(run.report);
  assert.match(report, /do not say which images are of one patient/);
  const words = report.replace(/<script[\s\S]*?<\/script>/g, "").replace(/data:[^"]*/g, "");
  const [found] = /.{0,80}(ChestX-ray8|NIH).{0,80}/.exec(words) ?? [];
  assert.equal(found, undefined);
  assert.deepEqual([...Deno.readDirSync(run.gradCam)].map(({ name }) => name), ["tuberculosis.png"]);
  // The plain image stands beside its map, and the caption names it.
  const { width, height } = await sharp(join(run.gradCam, "tuberculosis.png")).metadata();
  assert(width! > 2 * height!, `${width} x ${height}`);
  assert.match(report, /<figcaption>Tuberculosis\n\d+\.jpg, score [01]\.\d{3}<\/figcaption>/);

  const predicted = await project.run("predict", [
    "--run",
    run.dir,
    path("pictures/0/0.jpg"),
    path("pictures/1/1.jpg"),
  ]);
  assertEnded(predicted);
  assert.match(predicted.stdout, /^pictures\/0\/0\.jpg /m);
  const other = await project.run("evaluate", ["--run", run.dir, ...data, "--name", "again"]);
  assertEnded(other);
  assert.equal((await readMetrics(join(run.dir, "evaluation/again/metrics.json"))).images, 90);
});

Deno.test("DICOM files with a table are trained on by the patients of their tags, rare findings spread over the sets", async () => {
  await using project = await testProject();
  const path = (name: string) => join(project.path, name);
  const rows = ["file,Mass,Hernia"];
  await Deno.mkdir(path("scans"));
  for (let i = 0; i < 90; i++) {
    const mass = i % 3 === 0;
    const { uniform } = random(i, "DICOM image");
    const pixels = Uint16Array.from(
      { length: 32 * 32 },
      (_, at) => 1500 * uniform() + (mass && at < 512 ? 2000 : 0),
    );
    const tags = { patient: `P${i >> 1}`, age: "063Y", sex: i % 4 < 2 ? "F" : "M", view: "PA" } as const;
    await Deno.writeFile(path(`scans/IM${i}`), dicomFile(pixels, { ...tags, width: 32, height: 32 }));
    // One patient in fifteen has the rare finding, in both images.
    rows.push(`IM${i},${Number(mass)},${Number((i >> 1) % 15 === 0)}`);
  }
  await Deno.writeTextFile(path("labels.csv"), rows.join("\n"));
  const data = ["--table", path("labels.csv"), "--images", path("scans")];
  const sizes = ["--test-fraction", "0.3", "--validation-fraction", "0.3"];
  const trained = await project.run("train", [
    ...data,
    ...sizes,
    "--stratify",
    "--run",
    path("run"),
    ...SMALL,
  ]);
  assertEnded(trained);
  assert.match(trained.stderr, /From the DICOM files' tags: age, sex, view, patient \(by a pseudonym\)/);
  const run = runFolder(path("run"));
  assert.equal((await readRunConfig(run)).settings.stratify, true);
  const split = (await Deno.readTextFile(run.split)).trim().split("\n").slice(1).map((line) =>
    line.split(",")
  );
  const setOf = new Map<string, Set<string>>();
  for (const [image, patient, set] of split) {
    assert(!/^P\d+$/.test(patient!), "the patient's number is written as it is");
    setOf.set(patient!, (setOf.get(patient!) ?? new Set()).add(set!));
    assert(image!.startsWith("IM"));
  }
  assert.deepEqual([setOf.size, [...setOf.values()].every(({ size }) => size === 1)], [45, true]);
  const rare = split.filter(([image]) => Math.floor(Number(image!.slice(2)) / 2) % 15 === 0);
  assert.deepEqual(rare.map(([, , set]) => set).sort(), [
    ...["test", "test", "training", "training", "validation", "validation"],
  ]);
  const { subgroups } = await readMetrics(run.metrics);
  assert(subgroups!.some(({ value }) => value === "F"), JSON.stringify(subgroups));
  const predicted = await project.run("predict", ["--run", run.dir, path("scans/IM0")]);
  assertEnded(predicted);
  assert.match(predicted.stdout, /DICOM, 32 x 32, PA, 63 years, F/);
});

Deno.test("CheXpert's unknown labels stay out of loss and figures from start to end", async () => {
  await using project = await testProject();
  const folder = join(project.path, "chexpert");
  const findings = ["Edema", "Pleural Effusion"];
  const rows = [`Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,${CHEXPERT_FINDINGS}`];
  for (let i = 0; i < 120; i++) {
    const labels: Record<string, string> = {
      Edema: ["1.0", "0.0", "-1.0"][i % 3]!,
      "Pleural Effusion": ["", "1.0", "0.0"][Math.floor(i / 3) % 3]!,
    };
    const path = `train/patient${String(Math.floor(i / 2)).padStart(5, "0")}/study1/view${i % 2}_frontal.jpg`;
    await writeImage(join(folder, path), { finding: i % 3 === 0, seed: i });
    const cells = CHEXPERT_FINDINGS.map((finding) => labels[finding] ?? "");
    rows.push(`CheXpert-v1.0-small/${path},Male,${20 + i % 60},Frontal,AP,,${cells}`);
  }
  await Deno.writeTextFile(join(folder, "train.csv"), rows.join("\n"));
  const run = runFolder(join(project.path, "run"));
  const given = ["--data", folder, "--findings", findings.join(), "--run", run.dir];
  assertEnded(await project.run("train", [...given, ...SMALL]));
  const test = await readPredictions(run.predictions("test"));
  const metrics = await readMetrics(run.metrics);
  assert.deepEqual(test.labels, findings);
  metrics.labels.forEach(({ name, positives, negatives, unknown, auc }, label) => {
    const own = test.images.map((_, image) => test.truth[2 * image + label]);
    assert.deepEqual(
      [positives, negatives, unknown],
      [1, 0, UNKNOWN].map((value) => own.filter((each) => each === value).length),
      name,
    );
    assert(unknown > 0 && auc !== null, name);
  });
  assert.match(await Deno.readTextFile(run.report), /Unknown ground truth: of the 18 test images/);
  const [, losses] = (await Deno.readTextFile(run.history)).trim().split("\n");
  const [, , , trainingLoss, validationLoss] = losses!.split(",").map(Number);
  assert(trainingLoss! > 0 && trainingLoss! < 2 && validationLoss! > 0 && validationLoss! < 2, `${losses}`);
  const resumed = await project.run("train", ["--run", run.dir, "--resume", "--epochs", "2"]);
  assertEnded(resumed);
});

Deno.test("MedMNIST's archive is trained on by its own split", async () => {
  await using project = await testProject();
  const run = runFolder(join(project.path, "run"));
  const given = ["--data", join(FIXTURES, "chestmnist.npz"), "--split", "official", "--run", run.dir];
  const trained = await project.run("train", [...given, ...SMALL]);
  assertEnded(trained);
  assert.match(trained.stderr, /^Images: 90 training, 20 validation, 30 test/m);
  const test = await readPredictions(run.predictions("test"));
  assert.deepEqual([test.images.length, test.images[0], test.labels.length], [30, "test-00000", 14]);
  const split = await project.run("split", [
    "--data",
    join(FIXTURES, "chestmnist.npz"),
    "--split",
    "official",
    "--out",
    join(project.path, "split.csv"),
  ]);
  assertEnded(split);
  assert.match(split.stdout, /^images +90 +20 +30$/m);
  const inspected = await project.run("inspect", [
    "--data",
    join(FIXTURES, "chestmnist.npz"),
    "--sample",
    "140",
  ]);
  assertEnded(inspected);
  assert.match(inspected.stdout, /^Opened 140 images: 140 array (\d+)x\1$/m);
});

Deno.test("inspect says what was understood of a data set, as text and as JSON", async () => {
  await using project = await testProject();
  const path = (name: string) => join(project.path, name);
  for (let i = 0; i < 6; i++) await writeImage(path(`pictures/${i}.png`), { finding: i % 2 === 0, seed: i });
  const black = sharp(new Uint8Array(64), { raw: { width: 8, height: 8, channels: 1 } });
  await black.toColourspace("b-w").png().toFile(path("pictures/6.png"));
  const chest = drawPhantom(planCases(1, 3)[0]!, { seed: 3, size: 64 }).pixels;
  const inverted = sharp(chest.map((value) => 255 - value), { raw: { width: 64, height: 64, channels: 1 } });
  await inverted.toColourspace("b-w").png().toFile(path("pictures/8.png"));
  const rows = [
    "image,patient,Mass",
    ...[1, 0, -1, 1, 0, 1, 0, 1, 0].map((label, i) => `${i}.png,p${i >> 1},${label}`),
  ];
  await Deno.writeTextFile(path("labels.csv"), rows.join("\n"));
  const data = ["--table", path("labels.csv"), "--images", path("pictures")];
  const asJson = await project.run("inspect", [...data, "--json"]);
  assertEnded(asJson);
  const found = JSON.parse(asJson.stdout);
  assert.deepEqual([found.format, found.images, found.imagesFound, found.imagesMissing], ["table", 9, 8, 1]);
  assert.equal(found.patients, 5);
  assert.deepEqual(found.findings, [{
    label: "Mass",
    positives: 4,
    negatives: 4,
    unknown: 1,
    prevalence: 4 / 8,
  }]);
  assert.deepEqual(found.opened, {
    images: 8,
    kinds: { "png 32x32": 6, "png 8x8": 1, "png 64x64": 1 },
    faults: [
      { image: "6.png", fault: "all black" },
      { image: "8.png", fault: "looks inverted, black where it should be white" },
    ],
  });
  const asText = await project.run("inspect", data);
  assert.match(asText.stdout, /^Mass +4 +4 +1$/m);
  assert.match(asText.stdout, /^6\.png: all black$/m);
});
