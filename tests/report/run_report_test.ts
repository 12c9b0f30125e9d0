import assert from "node:assert/strict";
import { nihDataSet } from "../dataset/_files.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import type { Entry } from "../../lib/dataset/entry.ts";
import type { Split } from "../../lib/dataset/split.ts";
import { evaluate } from "../../lib/evaluation/metrics.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { modelCard } from "../../lib/report/model_card.ts";
import { runReport, type RunResults } from "../../lib/report/run_report.ts";
import { random } from "../../lib/support/random.ts";
import { checkSettings } from "../../lib/training/settings.ts";
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

/** A run whose test part has one patient in common with its training part. */
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
    selection: { epoch: 2, choiceMetric: 0.6, rule: "the highest choice metric" },
    metrics: evaluate(predictions, {
      validation: scored(split.validation),
      entries: test,
      training: split.training,
      resamples: 20,
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

Deno.test("a run's report warns of shared patients and of what has few images in the test or to choose by", () => {
  const { warnings } = runReport(results(false));
  const text = warnings!.join("\n");
  assert.match(text, /2 of 200 test images are of patients who are in training too/);
  assert.match(text, /13 of 14 labels have too few .*Hernia: only 1 positive;/);
  assert.match(text, /of the 20 validation images fewer than 10 have .*Mass 4/);
  assert.doesNotMatch(text, /Phantom/);
});

Deno.test("phantoms are said to be phantoms, and stand beside no radiographs' figures", () => {
  const [phantoms, images] = [runReport(results(true)), runReport(results(false))];
  assert.match(phantoms.warnings!.join(), /^Phantom images/);
  const withOriginal = ({ test }: typeof phantoms) => test.labels.filter(({ original }) => original).length;
  assert.deepEqual([withOriginal(phantoms), withOriginal(images)], [0, 14]);
  // Too few images for the published results, even if they are the NIH's.
  assert.deepEqual([phantoms.literature!.split, images.literature!.split], [null, null]);
});

Deno.test("a run's report has every operating rule, every label's calibration, and the controls with intervals", () => {
  const { operatingPoints, calibration, subgroups, test } = runReport(results(false));
  const mass = operatingPoints!.filter(({ label }) => label === "Mass").map(({ rule }) => rule);
  assert.deepEqual(mass, [
    "Youden's index",
    "best F1",
    "sensitivity of 0.9",
    "a missed finding costs 10 false alarms",
  ]);
  assert.equal(calibration!.length, 14);
  assert.equal(calibration![0]!.label, "Mass");
  assert.match(
    subgroups!.notes!.join(),
    /only view, age and sex reaches a mean AUC of 0\.\d{3} \(0\.\d{3} - 0\.\d{3}\)/,
  );
  const hernia = test.labels.find(({ label }) => label === "Hernia")!;
  assert.deepEqual([hernia.positives, hernia.reason, hernia.deLong], [1, "only 1 positive", null]);
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
      "## Intended use",
    ]
  ) assert.ok(card.includes(expected), expected);
  assert.match(card, /Mean AUC \*\*\.\d{3}\*\* \(\.\d{3} to [.1]\d*\)/);
  assert.match(card, /^\| Mass \| 40 \| 0 \| \.\d{3} \| \.\d{3} to [.1]\d* \|/m);
  assert.match(modelCard(results(true)), /generated phantom images/);
  const hostile = modelCard({ ...results(false), name: "<b>[a](http://b)</b>\n# c" });
  assert.match(hostile, /^# Model card: \\<b\\>\\\[a\\\]\(http\\:\/\/b\)\\<\/b\\>\\\\n\\# c\n\n/);
});
