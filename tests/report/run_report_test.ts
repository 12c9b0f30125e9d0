import assert from "node:assert/strict";
import { nihDataSet } from "../dataset/_files.ts";
import { readImageList } from "../../lib/dataset/image_list.ts";
import { makeSplit, type MakeSplitOptions } from "../../lib/dataset/make_split.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { readRadiologistLabels } from "../../lib/dataset/radiologist_labels.ts";
import { samplingWeights } from "../../lib/dataset/sampling_weights.ts";
import type { Entry } from "../../lib/dataset/entry.ts";
import { type Split, splitAsOriginal } from "../../lib/dataset/split.ts";
import { undersample } from "../../lib/dataset/undersample.ts";
import { labelAgreement } from "../../lib/evaluation/label_audit.ts";
import { evaluate } from "../../lib/evaluation/metrics.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { predictionsComparability, runComparability } from "../../lib/report/comparability.ts";
import { LABEL_AGREEMENT, modelCard } from "../../lib/report/model_card.ts";
import type { ReportContent, RunResults } from "../../lib/report/content.ts";
import { runReport } from "../../lib/report/run_report.ts";
import { calibrationSection } from "../../lib/report/sections/calibration.ts";
import { literatureSection } from "../../lib/report/sections/literature.ts";
import { operatingPointsSection } from "../../lib/report/sections/operating_points.ts";
import { precisionRecallSection } from "../../lib/report/sections/precision_recall.ts";
import { subgroupsSection } from "../../lib/report/sections/subgroups.ts";
import { testSection } from "../../lib/report/sections/test.ts";
import type { Section } from "../../lib/report/page.ts";
import { metadataBaselineInWords } from "../../lib/report/sentences.ts";
import { random } from "../../lib/support/random.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { NIH_METADATA, NIH_RADIOLOGISTS, NIH_SAMPLE, noNih, noSample } from "../dataset/_nih.ts";
import { HISTORY } from "../plots/_figures.ts";

/** Images of patients from `first` up, two each: every fifth has a mass, the tenth of them a hernia too. */
function entriesFrom(first: number, count: number): Entry[] {
  return Array.from({ length: count }, (_, i): Entry => ({
    image: `${first}_${i}.png`,
    labels: i % 5 > 0 ? [] : i === 50 ? ["Hernia", "Mass"] : ["Mass"],
    followUp: i % 2,
    patient: String(first + Math.floor(i / 2)),
    unknown: [],
    age: 40,
    sex: "F",
    view: "PA",
  }));
}

function scored(entries: readonly Entry[]): Predictions {
  const { uniform } = random(1, "scores of a test");
  const truth = Uint8Array.from(
    entries.flatMap(({ labels }) => NIH_FINDINGS.map((label) => Number(labels.includes(label)))),
  );
  return {
    labels: NIH_FINDINGS,
    images: entries.map(({ image }) => image),
    patients: entries.map(({ patient }) => patient),
    truth,
    scores: Float64Array.from(truth, (value) => (value + 2 * uniform()) / 3),
  };
}

/** A run whose test set has one patient in common with its training set. */
function results(phantom: boolean): RunResults {
  const test = entriesFrom(1, 200);
  const split: Split = { training: entriesFrom(100, 400), validation: entriesFrom(500, 20), test };
  const predictions = scored(test);
  return {
    name: "made",
    settings: checkSettings(phantom ? {} : { data: "images" }, "a test"),
    phantom,
    data: nihDataSet([]),
    split,
    history: HISTORY,
    selection: { epoch: 2, selectionMetric: 0.6, rule: "the highest selection metric" },
    metrics: evaluate(predictions, {
      validation: scored(split.validation),
      entries: test,
      training: split.training,
    }),
    test: predictions,
    pictures: [],
    provenance: {
      version: 1,
      split: "a".repeat(64),
      images: "b".repeat(64),
      sessions: [{
        started: "2026-01-02T03:04:05.000Z",
        ended: null,
        project: { version: "0.1.0", commit: null },
        tensorflow: "2.21.0",
        deno: "2.9.6",
        machine: { system: "linux", architecture: "x86_64", processor: "A processor", cores: 2 },
      }],
    },
  };
}

function tablesOf({ blocks }: Section) {
  return blocks.flatMap((block) => "table" in block ? [block.table] : []);
}

function notesIn({ blocks }: Section): string {
  return blocks.flatMap((block) => "note" in block ? [block.note] : []).join("\n");
}

/** The cell of a section's first table in the row and the column that are named. */
function cellOf(section: Section, row: string, column: string) {
  const { columns, rows } = tablesOf(section)[0]!;
  return rows.find(([name]) => String(name).startsWith(row))![columns.indexOf(column)];
}

/** The prevalence of each label, as the precision-recall figure's dotted lines have it. */
function prevalencesIn(report: ReportContent): number[] {
  const [block] = precisionRecallSection(report).blocks;
  assert.ok("figure" in block!);
  const shapes = block.figure.layout["shapes"] as unknown as { y0: number }[];
  return shapes.map(({ y0 }) => y0);
}

Deno.test("a run's report warns of shared patients and of what has few images in the test or to choose by", () => {
  const { warnings } = runReport(results(false));
  const text = warnings.join("\n");
  assert.match(
    text,
    /Data leakage: 2 of 200 test images \(1 %\) are of patients who are in the training set too/,
  );
  assert.match(text, /13 of 14 labels have too few .*Hernia: only 1 positive;/);
  assert.match(text, /of the 20 validation images fewer than 10 have .*Mass 4/);
  assert.doesNotMatch(text, /Phantom/);
});

Deno.test("phantoms are said to be phantoms, and other test images stand beside no published figures", () => {
  const [phantoms, images] = [runReport(results(true)), runReport(results(false))];
  assert.match(phantoms.warnings.join(), /^Phantom images/);
  for (const report of [phantoms, images]) {
    assert.ok(!tablesOf(testSection(report))[0]!.columns.includes("Original"));
    assert.deepEqual(literatureSection(report)!.blocks, []);
  }
  assert.match(literatureSection(phantoms)!.howToRead, /Its images are phantoms\.$/);
  assert.match(
    images.comparability!.reason!,
    /^Its 200 test images are neither all of the NIH's test list nor/,
  );
});

Deno.test({
  name: "only the original's recipe on its own images stands beside the original's figures, unweighted",
  ignore: noNih,
  fn: async () => {
    const recipe = { keepNormal: 0.2, undersample: "all", split: "original" } as const;
    const all = await readMetadata(NIH_METADATA);
    const of = async (options: Partial<MakeSplitOptions>) => {
      const { split: kind, ...sampling } = recipe;
      const split = await makeSplit(nihDataSet(all), { kind, seed: 0, ...sampling, ...options });
      const settings = checkSettings({ ...recipe, data: "images" }, "a test");
      return runComparability({ settings, phantom: false, split, findings: NIH_FINDINGS });
    };
    assert.deepEqual(await of({}), { testSet: "original" });
    assert.equal((await of({ undersample: "training" })).testSet, null);
    assert.equal((await of({ kind: "image" })).testSet, null);
    const split = splitAsOriginal(undersample(all, { keepNormal: 0.2 }));
    const test = scored(split.test);
    const weights = samplingWeights(split.test, recipe)!;
    const predictions = { ...test, weights };
    const section = testSection(runReport({
      ...results(false),
      settings: checkSettings({ ...recipe, data: "images" }, "a test"),
      split,
      test: predictions,
      metrics: evaluate(predictions),
    }));
    const own = evaluate(test);
    const { auc } = own.labels.find(({ name }) => name === "Hernia")!;
    assert.notEqual(cellOf(section, "Hernia", "AUC"), auc!.toFixed(3));
    assert.equal(cellOf(section, "Hernia", "Unweighted AUC"), auc!.toFixed(3));
    assert.equal(cellOf(section, "Hernia", "Original"), "0.804");
    assert.equal(cellOf(section, "Hernia", "Difference"), `+${(auc! - 0.8044).toFixed(3)}`);
    assert.equal(cellOf(section, "Mean", "Unweighted AUC"), own.summary.mean!.toFixed(3));
    assert.equal(cellOf(section, "Mean", "AUC"), evaluate(predictions).summary.mean!.toFixed(3));
  },
});

Deno.test({
  name: "predictions stand beside published results of their test set, and of the split that the user says",
  ignore: noSample,
  fn: async () => {
    const images = [...await readImageList(`${NIH_SAMPLE}/test_list.txt`)];
    const of = (options: Partial<Parameters<typeof predictionsComparability>[0]>) =>
      predictionsComparability({ images, split: "official", findings: NIH_FINDINGS, ...options });
    assert.deepEqual(of({}), { testSet: "official" });
    assert.match(of({ split: null }).reason!, /^How its images were split .* is not known/);
    assert.match(of({ split: "patient" }).reason!, /^These are the test images of another split/);
    assert.match(of({ images: images.slice(1) }).reason!, /^Its 25,595 test images are neither/);
    assert.match(of({ findings: NIH_FINDINGS.slice(1) }).reason!, /^It has no scores of Atelectasis\.$/);
  },
});

Deno.test("a run's report has every operating rule, every label's calibration, and the baselines with intervals", () => {
  const report = runReport(results(false));
  const rules = operatingPointsSection(report)!.blocks.flatMap((block) =>
    "table" in block && block.table.rows.some(([name]) => name === "Mass") ? [block.caption] : []
  );
  assert.deepEqual(rules, [
    "Threshold: Youden's index",
    "Threshold: best F1",
    "Threshold: sensitivity of 0.9",
    "Threshold: a missed finding costs 10 false alarms",
  ]);
  const [errors] = tablesOf(calibrationSection(report)!);
  assert.equal(errors!.rows.length, 14);
  assert.equal(errors!.rows[0]![0], "Mass");
  assert.match(
    notesIn(subgroupsSection(report)!),
    /only view, age, sex and visit reaches a mean AUC of 0\.\d{3}/,
  );
  const test = testSection(report);
  assert.deepEqual(
    ["Positive", "95 % interval"].map((column) => cellOf(test, "Hernia\u00a0*", column)),
    [1, "-"],
  );
  assert.match(notesIn(test), /The mean is over the 2 of 14 labels that have an AUC\./);
});

Deno.test("a model card tells data, figures with intervals, faults and what it is not for", () => {
  const card = modelCard(results(false));
  assert.match(card, /\| Machine \| A processor, 2 cores, linux x86.?_64 \|/);
  assert.match(card, /commit unknown/);
  assert.doesNotMatch(card, /03:04/);
  for (
    const expected of [
      "**Not a medical device.**",
      "| training | 400 | 200 |",
      "| test | 200 | 100 |",
      "| visit: later | 100 |",
      "| Hernia | 1 |",
      "only 1 positive",
      "Weights of epoch 2 of 12",
      "The NIH's labels were taken from reports by text mining",
      "The mean is over the 2 of 14 labels",
      "## Intended use",
    ]
  ) assert.ok(card.includes(expected), expected);
  assert.match(card, /Mean AUC \*\*0\.\d{3}\*\* \(0\.\d{3} to [01]\.\d{3}\)/);
  assert.match(card, /^\| Mass \| 40 \| 0 \| 0\.\d{3} \| 0\.\d{3} to [01]\.\d{3} \|/m);
  assert.match(card, /^\| Hernia \| 1 \| 0 \| [01]\.\d{3} \| - \|/m);
  assert.match(card, /Data leakage: 2 of 200 test images/);
  const { settings, selection, ...rest } = results(false);
  const recipe = modelCard({
    ...rest,
    settings: { ...settings, initialImageSize: 32, initialEpochs: 1, testTimeCopies: 8 },
    selection: { ...selection, statistics: "recomputed" },
  });
  assert.match(
    recipe,
    /on images of 32x32 pixels up to epoch 1\. Batch .* anew for these weights\. A score .*\(8\)\./,
  );
  assert.doesNotMatch(card, /up to epoch|computed anew|mean logit/);
  assert.ok(card.includes(LABEL_AGREEMENT) && !modelCard(results(true)).includes(LABEL_AGREEMENT));
  assert.match(modelCard(results(true)), /generated phantom images/);
  const hostile = modelCard({ ...results(false), name: "<b>[a](http://b)</b>\n# c" });
  assert.match(hostile, /^# Model card: \\<b\\>\\\[a\\\]\(http\\:\/\/b\)\\<\/b\\>\\\\n\\# c\n\n/);
});

Deno.test({
  name: "a model card says how far labels agree with radiologists as the NIH's metadata and theirs do",
  ignore: noNih,
  fn: async () => {
    const [pneumothorax, nodule, opacity] = labelAgreement(
      await readRadiologistLabels(NIH_RADIOLOGISTS),
      await readMetadata(NIH_METADATA),
    ).map(({ predictiveValue, sensitivity }) =>
      [predictiveValue, sensitivity].map((x) => x!.value.toFixed(3))
    );
    assert.equal(
      LABEL_AGREEMENT,
      `pneumothorax, positive predictive value ${pneumothorax![0]} and sensitivity ${
        pneumothorax![1]
      }; nodule or mass, ` +
        `${nodule!.join(" and ")}; airspace opacity, ${opacity!.join(" and ")}`,
    );
  },
});

Deno.test("a card and a report of an undersampled test set say which figures are weighted", () => {
  const made = results(false);
  const weights = samplingWeights(made.split.test, { keepNormal: 0.2, undersample: "all" })!;
  const test = { ...made.test, weights };
  const weighted = { ...made, test, metrics: evaluate(test, { entries: made.split.test }) };
  const sentence =
    /each of the 160 that were kept counts 5 times in every figure.* Unweighted, .* the mean AUC is 0\.\d{3}/;
  assert.match(modelCard(weighted), sentence);
  assert.match(modelCard(weighted), /\| Interval \| Unweighted AUC \|/);
  assert.doesNotMatch(modelCard(made), /Unweighted/);
  const report = runReport(weighted);
  assert.match(report.warnings.join("\n"), sentence);
  const [table] = tablesOf(testSection(report));
  const [auc, unweighted] = ["AUC", "Unweighted AUC"].map((name) => table!.columns.indexOf(name));
  assert.ok(table!.rows.every((row) => (row[unweighted!] === "-") === (row[auc!] === "-")));
  const mass = report.metrics.labels.findIndex(({ name }) => name === "Mass");
  assert.equal(prevalencesIn(report)[0], 0);
  assert.equal(prevalencesIn(report)[mass], Number((40 / (40 + 160 * 5)).toFixed(4)));
});

Deno.test("sentences about the control follow its numbers", () => {
  const { metrics } = results(false);
  const sentence = (network: number, control: number, interval: { low: number; high: number } | null) =>
    metadataBaselineInWords({
      ...metrics,
      summary: { ...metrics.summary, mean: network },
      baselines: {
        ...metrics.baselines!,
        metadata: {
          labels: [],
          meanAuc: control,
          meanAucInterval: null,
          difference: network - control,
          differenceInterval: interval,
        },
      },
    })!;
  assert.match(
    sentence(0.8, 0.6, { low: 0.1, high: 0.3 }),
    /ahead by 0\.200 .*0\.100 to 0\.300.* from the images\.$/,
  );
  assert.match(
    sentence(0.595, 0.641, { low: -0.1, high: 0.01 }),
    /0\.641, the network 0\.595\. They differ .* may be chance/,
  );
  assert.match(sentence(0.5, 0.641, { low: -0.2, high: -0.05 }), /It is behind by 0\.141/);
  assert.match(sentence(0.8, 0.6, null), /Nothing tells whether the difference is more than chance/);
});
