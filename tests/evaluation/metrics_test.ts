import assert from "node:assert/strict";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import type { Entry } from "../../lib/dataset/entry.ts";
import { aucByLabel } from "../../lib/evaluation/auc.ts";
import { averagePrecision } from "../../lib/evaluation/average_precision.ts";
import { calibration } from "../../lib/evaluation/calibration.ts";
import { selectionMetric } from "../../lib/evaluation/selection_metric.ts";
import { confusion } from "../../lib/evaluation/confusion.ts";
import { sigmoid } from "../../lib/evaluation/logistic_regression.ts";
import { comparePredictions } from "../../lib/evaluation/compare.ts";
import { evaluate, type EvaluateOptions, type Figures, metricsJson } from "../../lib/evaluation/metrics.ts";
import { readMetrics } from "../../lib/evaluation/read_metrics.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { chooseThreshold } from "../../lib/evaluation/operating_points.ts";
import { applyPlatt } from "../../lib/evaluation/platt.ts";
import { labelColumn, type Predictions, selectImages } from "../../lib/evaluation/predictions.ts";
import { summarise } from "../../lib/evaluation/summary.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { random } from "../../lib/support/random.ts";
import { withFile } from "../dataset/_files.ts";
import { assertClose } from "./_close.ts";
import { writeAtomically } from "../../lib/support/write_atomically.ts";

/** 300 images; Fibrosis is never there, Hernia five times, each other label in every fourth. */
function draw(seed: number): { entries: Entry[]; predictions: Predictions } {
  const { uniform, normal, integer } = random(seed, "metrics");
  const entries = Array.from({ length: 300 }, (_, image): Entry => ({
    image: `${image}.png`,
    labels: NIH_FINDINGS.filter((label) =>
      label === "Hernia" ? image % 60 === 0 : label !== "Fibrosis" && uniform() < 0.25
    ),
    followUp: image % 3,
    patient: String(Math.floor(image / 3)),
    unknown: [],
    age: 20 + integer(60),
    sex: image % 2 === 0 ? "F" : "M",
    view: image % 5 === 0 ? "AP" : "PA",
  }));
  const truth = Uint8Array.from(
    entries.flatMap(({ labels }) => NIH_FINDINGS.map((label) => Number(labels.includes(label)))),
  );
  const predictions = {
    labels: NIH_FINDINGS,
    images: entries.map(({ image }) => image),
    patients: entries.map(({ patient }) => patient),
    truth,
    scores: Float64Array.from(truth, (value) => sigmoid(1.5 * value + normal())),
  };
  return { entries, predictions };
}

const test = draw(1);
const validation = draw(2).predictions;
const options = { validation, seed: 3 };
const metrics = evaluate(test.predictions, {
  ...options,
  entries: test.entries,
  training: draw(4).entries,
  lossWeights: NIH_FINDINGS.map(() => ({ positive: 0.75, negative: 0.25 })),
});

Deno.test("evaluate() gives each label the figures of its column", () => {
  const areas = aucByLabel(test.predictions);
  metrics.labels.forEach((label, index) => {
    const { truth, scores } = labelColumn(test.predictions, index);
    const patients = indexPatients(test.predictions.patients);
    assert.equal(label.name, NIH_FINDINGS[index]);
    assert.equal(label.positives, truth.filter(Boolean).length);
    assert.equal(label.negatives, 300 - label.positives);
    assert.equal(label.auc, areas[index]);
    assert.equal(label.averagePrecision, averagePrecision(truth, scores));
    assert.deepEqual(label.calibration.raw, calibration(truth, scores, { patients }));
    if (label.auc === null) return;
    const { low, high } = label.brierInterval!;
    assert.ok(low < label.calibration.raw!.brier && label.calibration.raw!.brier < high);
    assert.ok(label.aucInterval!.low < label.auc && label.auc < label.aucInterval!.high);
    const { platt } = label;
    assert.deepEqual(
      label.calibration.platt,
      calibration(truth, scores.map((score) => applyPlatt(platt!, score)), { patients }),
    );
  });
});

Deno.test("evaluate() applies thresholds of the validation set", () => {
  metrics.labels.forEach(({ operatingPoints }, index) => {
    const { truth, scores } = labelColumn(test.predictions, index);
    const chosen = labelColumn(validation, index);
    assert.equal(operatingPoints.length, 4);
    for (const { rule, threshold, confusion: matrix } of operatingPoints) {
      assert(rule.rule !== "given");
      const expected = chooseThreshold(chosen.truth, chosen.scores, rule);
      assert.equal(threshold, expected === Infinity ? null : expected);
      const patients = indexPatients(test.predictions.patients);
      const options = { threshold: expected!, patients };
      assert.deepEqual(matrix, expected === null ? null : confusion(truth, scores, options));
    }
  });
});

Deno.test("evaluate() says of labels what is undefined and what is unsure", () => {
  const fibrosis = metrics.labels[NIH_FINDINGS.indexOf("Fibrosis")]!;
  assert.equal(fibrosis.note, "no positives");
  assert.deepEqual(
    [fibrosis.auc, fibrosis.aucInterval, fibrosis.brierInterval, fibrosis.averagePrecision, fibrosis.platt],
    [null, null, null, null, null],
  );
  assert.ok(
    fibrosis.operatingPoints.every(({ threshold, confusion }) => threshold === null && confusion === null),
  );
  assert.equal(metrics.labels[NIH_FINDINGS.indexOf("Hernia")]!.note, "only 5 positives");
  assert.equal(metrics.labels[0]!.note, null);
});

Deno.test("evaluate() sums up the labels that are defined", () => {
  const { meanInterval, ...summary } = metrics.summary;
  assert.deepEqual(summary, summarise(aucByLabel(test.predictions)));
  assert.equal(summary.defined, 13);
  assert.ok(meanInterval!.low < summary.mean! && summary.mean! < meanInterval!.high);
  assert.equal(metrics.selectionMetric, selectionMetric(test.predictions));
  assert.ok(metrics.averagePrecision.meanInterval!.low < metrics.averagePrecision.mean!);
  assert.deepEqual([metrics.version, metrics.images, metrics.patients], [3, 300, 100]);
});

Deno.test("evaluate() mends calibration by each remedy", () => {
  const mean = (method: "raw" | "unweighted" | "temperature" | "platt" | "isotonic") =>
    summarise(metrics.labels.map(({ calibration }) => calibration[method]?.brier ?? null)).mean!;
  for (const method of ["unweighted", "platt", "isotonic"] as const) {
    assert.ok(mean(method) < mean("raw"), method);
  }
  assert.ok(metrics.temperature! > 0);
});

Deno.test("evaluate() has subgroups and baselines where metadata are given, and null where not", () => {
  assert.equal(metrics.subgroups!.filter(({ attribute }) => attribute === "view").length, 2);
  assert.equal(metrics.baselines!.metadata!.labels.length, 14);
  const bare = evaluate(test.predictions);
  assert.deepEqual([bare.subgroups, bare.baselines, bare.localisation, bare.temperature], [
    null,
    null,
    null,
    null,
  ]);
  assert.deepEqual(bare.labels[0]!.operatingPoints, []);
  assert.equal(bare.labels[0]!.calibration.platt, null);
});

Deno.test("evaluate() works for one patient, one image, equal scores and scores that are no probabilities", () => {
  const one = evaluate(selectImages(test.predictions, [0]));
  assert.deepEqual([one.summary.defined, one.summary.mean, one.summary.meanInterval], [0, null, null]);
  const patient = evaluate(selectImages(test.predictions, [0, 1, 2]));
  assert.equal(patient.patients, 1);
  assert.ok(
    patient.labels.every(({ aucInterval, brierInterval }) => aucInterval === null && brierInterval === null),
  );
  const scores = new Float64Array(test.predictions.scores.length).fill(7);
  const equal = evaluate({ ...test.predictions, scores }, options);
  assertClose([equal.summary.min, equal.summary.max], [0.5, 0.5]);
  const { low, high } = equal.labels[0]!.aucInterval!;
  assert.ok(low < 0.49 && high > 0.51);
  assert.equal(equal.labels[0]!.calibration.raw, null);
  assert.equal(equal.labels[0]!.brierInterval, null);
});

Deno.test("evaluate() refuses a validation set of other labels and NaN", () => {
  assert.throws(
    () => evaluate(test.predictions, { validation: { ...validation, labels: ["Mass"] } }),
    new RangeError(`The validation set's labels Mass are not ${NIH_FINDINGS}`),
  );
  const scores = test.predictions.scores.with(0, NaN);
  assert.throws(() => evaluate({ ...test.predictions, scores }), RangeError);
  assert.throws(
    () => evaluate(test.predictions, { lossWeights: [{ positive: 1, negative: 1 }] }),
    new RangeError("1 loss weights do not fit 14 labels"),
  );
});

Deno.test("evaluate() shuffles by the seed, and nothing else depends on it", () => {
  const again = (seed: number) => evaluate(test.predictions, { entries: test.entries, seed });
  assert.deepEqual(again(1), again(1));
  assert.notDeepEqual(again(1).baselines!.shuffled, again(2).baselines!.shuffled);
  assert.deepEqual(again(1).labels, again(2).labels);
});

Deno.test("evaluate() notes where positives are many and their patients too few for an interval", () => {
  const patients = test.predictions.patients.map((_, image) => String(Math.floor(image / 150)));
  const { labels, summary } = evaluate({ ...test.predictions, patients });
  assert.equal(labels[0]!.note, "only 2 patients with or without it");
  assert.deepEqual([labels[0]!.aucInterval, summary.meanInterval], [null, null]);
});

Deno.test("undersampling of the training set is undone with the loss' weights", () => {
  const lossWeights = NIH_FINDINGS.map(() => ({ positive: 0.75, negative: 0.25 }));
  const halved = NIH_FINDINGS.map(() => ({ positive: 0.75, negative: 0.125 }));
  const keptNegatives = NIH_FINDINGS.map(() => 0.5);
  const of = (options: EvaluateOptions) =>
    evaluate(test.predictions, options).labels[0]!.calibration.unweighted;
  assert.deepEqual(of({ lossWeights, keptNegatives }), of({ lossWeights: halved }));
  assert.notDeepEqual(of({ lossWeights, keptNegatives }), of({ lossWeights }));
});

Deno.test("metricsJson() is what readMetrics() reads, without a number that JSON cannot hold", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "metrics.json");
  await writeAtomically(file, metricsJson(metrics));
  assert.deepEqual(await readMetrics(file), metrics);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readMetrics() reads what version 2 called otherwise", async () => {
  const old = (figures: object) => {
    const { selectionMetric, ...others } = figures as Figures;
    return { ...others, choiceMetric: selectionMetric };
  };
  const { labels, summary, averagePrecision, selectionMetric, temperature } = metrics;
  const figures = { labels, summary, averagePrecision, selectionMetric, temperature };
  for (const current of [{ ...metrics, unweighted: null }, { ...metrics, unweighted: figures }]) {
    const { baselines, unweighted, ...others } = current;
    const text = JSON.stringify({
      ...old(others),
      version: 2,
      controls: baselines,
      unweighted: unweighted && old(unweighted),
    });
    await withFile("metrics.json", text, async (file) => assert.deepEqual(await readMetrics(file), current));
  }
});

/** The figures that a label had in the first files of version 3. */
const FIRST_FIGURES = [
  ...["name", "positives", "negatives", "unknown", "note", "auc", "aucInterval", "averagePrecision"] as const,
  ...[
    "averagePrecisionInterval",
    "platt",
    "calibration",
    "brierInterval",
    "expectedCalibrationErrorInterval",
  ] as const,
  "operatingPoints" as const,
];

Deno.test("readMetrics() has null for figures that a file of before lacks", async () => {
  const { optimism: _, intersections: __, ...others } = metrics;
  const old = {
    ...others,
    labels: metrics.labels.map((label) =>
      Object.fromEntries(FIRST_FIGURES.map((name) => [name, label[name]]))
    ),
    subgroups: metrics.subgroups!.map(({ rates: _, labels: all, ...group }) => ({
      ...group,
      labels: all.map(({ name, positives, auc, aucInterval }) => ({ name, positives, auc, aucInterval })),
    })),
  };
  await withFile("metrics.json", JSON.stringify(old), async (file) => {
    const read = await readMetrics(file);
    assert.deepEqual([read.optimism, read.intersections], [null, null]);
    assert.deepEqual(
      read.labels.map((label) => Object.keys(label).toSorted()),
      metrics.labels.map((label) => Object.keys(label).toSorted()),
      "ADDED_TO_LABELS has what was added since",
    );
    assert.deepEqual([read.labels[0]!.decisions, read.labels[0]!.conformal], [null, null]);
    assert.equal(read.labels[0]!.auc, metrics.labels[0]!.auc);
    assert.equal(read.subgroups![0]!.rates.sensitivity.gap, null);
    assert.equal(read.subgroups![0]!.labels[0]!.gaps.calibration, null);
  });
});

Deno.test("readMetrics() refuses a missing file, no JSON, and another version", async () => {
  await assert.rejects(readMetrics("none.json"), new InputError("none.json: no such file"));
  await withFile("metrics.json", '{"version": 1}', async (file) => {
    await assert.rejects(readMetrics(file), new InputError(`${file}: metrics of version 1 instead of 3`));
  });
  for (const content of ["", "{", "null", "[]"]) {
    await withFile("metrics.json", content, async (file) => {
      await assert.rejects(readMetrics(file), InputError);
    });
  }
});

Deno.test("evaluate() sets the validation set's mean AUC beside that of the images, over the labels of both", () => {
  const entries = Array.from({ length: 60 }, (_, i) => i);
  const made = (noise: number, name: string) => ({
    labels: ["Mass", "Hernia"],
    images: entries.map((i) => `${name}-${i}.png`),
    patients: entries.map((i) => `${name} ${Math.floor(i / 2)}`),
    // Nobody in the validation set has a Hernia.
    truth: Uint8Array.from(entries.flatMap((i) => [i % 3 === 0 ? 1 : 0, name === "test" && i < 9 ? 1 : 0])),
    scores: Float64Array.from(
      entries.flatMap((i) => [Number(i % 3 === 0) + noise * ((i * 7) % 11) / 11, i / 60]),
    ),
  });
  const [test, validation] = [made(2.5, "test"), made(1.5, "validation")];
  const { optimism, labels } = evaluate(test, { validation });
  const expected = comparePredictions(validation, test).labels[0]!;
  assert.equal(optimism!.labels, 1);
  assert.deepEqual([optimism!.first, optimism!.second], [expected.first, labels[0]!.auc]);
  assertClose(optimism!.interval, expected.interval);
  assert.ok(optimism!.difference! > 0.05 && optimism!.interval!.low < optimism!.difference!);
  assert.equal(evaluate(test).optimism, null);
});
