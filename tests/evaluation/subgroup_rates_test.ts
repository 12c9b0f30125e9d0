import assert from "node:assert/strict";
import { plainEntry } from "../../lib/dataset/entry.ts";
import { holm } from "../../lib/evaluation/holm.ts";
import { evaluate } from "../../lib/evaluation/metrics.ts";
import { RATE_NAMES } from "../../lib/evaluation/subgroup_rates.ts";
import { scoreSubgroups } from "../../lib/evaluation/subgroups.ts";
import { assertClose, readFixture } from "./_close.ts";

type Rates = Record<"images" | "sensitivity" | "specificity" | "falseNegativeRate" | "calibration", number>;

interface Reference {
  threshold: number;
  patient: number[];
  sex: ("F" | "M")[];
  age: number[];
  view: ("PA" | "AP")[];
  truth: number[];
  scores: number[];
  rates: Record<"sex" | "view", Record<string, Rates>>;
  intersection: Record<string, Rates>;
  gaps: Record<"F" | "AP", Record<typeof RATE_NAMES[number], { difference: number; error: number }>>;
}

const reference = await readFixture<Reference>("subgroup_rates.json");
const { truth, scores, threshold } = reference;
const entries = truth.map((positive, i) => ({
  ...plainEntry(`${i}.png`, positive ? ["Mass"] : []),
  patient: String(reference.patient[i]),
  sex: reference.sex[i]!,
  age: reference.age[i]!,
  view: reference.view[i]!,
}));
const predictions = {
  labels: ["Mass"],
  images: entries.map(({ image }) => image),
  patients: entries.map(({ patient }) => patient),
  truth: Uint8Array.from(truth),
  scores: Float64Array.from(scores),
};
const rules = { thresholds: [threshold], probabilities: [(score: number) => score] };
const { subgroups, intersections } = scoreSubgroups(predictions, entries, rules);

Deno.test("sensitivity, specificity and the false-negative rate of subgroups are fairlearn's, calibration numpy's", () => {
  for (const attribute of ["sex", "view"] as const) {
    for (const [value, expected] of Object.entries(reference.rates[attribute])) {
      const group = subgroups.find((group) => group.value === value)!;
      const [label] = group.labels;
      assert.equal(group.images, expected.images);
      for (const rate of ["sensitivity", "specificity", "falseNegativeRate", "calibration"] as const) {
        assertClose(label![rate]!.value, expected[rate]);
        assert.ok(label![rate]!.low < expected[rate] && expected[rate] < label![rate]!.high);
      }
      for (const rate of RATE_NAMES) assertClose(group.rates[rate].value, expected[rate]);
    }
  }
});

Deno.test("intersections are fairlearn's, and those of few patients are left out", () => {
  const found = intersections.filter(({ attributes }) => String(attributes) === "sex,view");
  assert.equal(found.length, 4);
  for (const { values, images, patients, rates } of found) {
    const expected = reference.intersection[values.join(" ")]!;
    assert.equal(images, expected.images);
    assert.ok(patients >= 30);
    for (const rate of RATE_NAMES) assertClose(rates[rate].value, expected[rate]);
  }
  const first = entries.slice(0, 120);
  const few = scoreSubgroups(
    {
      ...predictions,
      images: first.map(({ image }) => image),
      patients: first.map(({ patient }) => patient),
    },
    first,
    rules,
  );
  assert.deepEqual(few.intersections.filter(({ patients }) => patients < 30), []);
});

Deno.test("gaps between subgroups and their errors are statsmodels', with patients on both sides", () => {
  for (const value of ["F", "AP"] as const) {
    const group = subgroups.find((group) => group.value === value)!;
    for (const rate of RATE_NAMES) {
      const { difference, error } = reference.gaps[value][rate];
      const gap = group.labels[0]!.gaps[rate]!;
      assertClose(gap.difference, difference, 1e-9);
      assertClose(group.rates[rate].gap!.difference, difference, 1e-9);
      // What is known beforehand widens it, the less the more patients there are.
      const ratio = (gap.interval!.high - gap.difference) / 1.97 / error;
      assert.ok(ratio > 0.99 && ratio < 1.2, `${value} ${rate}: ${ratio}`);
    }
  }
  const largest = subgroups.filter(({ value }) => value === "M" || value === "PA");
  for (const { rates, labels } of largest) {
    for (const rate of RATE_NAMES) assert.deepEqual([rates[rate].gap, labels[0]!.gaps[rate]], [null, null]);
  }
});

Deno.test("one adjustment is made for all comparisons of means, of subgroups, rates and intersections", () => {
  const all = scoreSubgroups(predictions, entries, rules);
  const groups = [...all.subgroups, ...all.intersections];
  const adjusted = [
    ...all.subgroups.map(({ differencePValue }) => differencePValue),
    ...groups.flatMap(({ rates }) => RATE_NAMES.map((rate) => rates[rate].gap?.pValue ?? null)),
  ].filter((value) => value !== null);
  assert.equal(adjusted.length, 3 + 3 * 3 + 3 * 3 * 3);
  // Without rates there are three comparisons alone; the adjustment of a single one is the smallest that there can be.
  const few = scoreSubgroups(predictions, entries).subgroups.map(({ differencePValue }) => differencePValue);
  all.subgroups.forEach(({ differencePValue }, i) => {
    if (few[i] !== null) assert.ok(differencePValue! >= few[i]! && differencePValue! <= 1);
  });
  const smallest = Math.min(...adjusted);
  assert.ok(smallest < 0.05, `women's sensitivity is lower in truth: ${smallest}`);
  assertClose(holm([smallest / adjusted.length, ...adjusted.slice(1).map(() => 1)])[0], smallest);
});

Deno.test("rates of a subgroup without positives are null, as they are without thresholds or probabilities", () => {
  const { subgroups: bare, intersections } = scoreSubgroups(predictions, entries);
  assert.deepEqual(intersections, []);
  assert.deepEqual(bare[0]!.labels[0]!.sensitivity, null);
  assert.deepEqual(bare[0]!.rates.calibration, { value: null, interval: null, gap: null });
  const none = {
    ...predictions,
    truth: predictions.truth.map((value, i) => reference.sex[i] === "F" ? 0 : value),
  };
  const women = scoreSubgroups(none, entries, rules).subgroups.find(({ value }) => value === "F")!.labels[0]!;
  assert.deepEqual([women.sensitivity, women.falseNegativeRate, women.gaps.sensitivity, women.calibration], [
    null,
    null,
    null,
    null,
  ]);
  assert.ok(women.specificity!.value > 0);
});

Deno.test("evaluate() judges subgroups at Youden's threshold and by Platt's probabilities of the validation set", () => {
  const { labels, subgroups, intersections } = evaluate(predictions, { validation: predictions, entries });
  const { threshold } = labels[0]!.operatingPoints[0]!;
  const women = subgroups!.find(({ value }) => value === "F")!;
  const positives = entries.keys().filter((i) => truth[i] === 1 && reference.sex[i] === "F").toArray();
  assertClose(
    women.labels[0]!.sensitivity!.value,
    positives.filter((i) => scores[i]! >= threshold!).length / positives.length,
  );
  assert.ok(Math.abs(women.labels[0]!.calibration!.value) < 0.1 && intersections!.length > 8);
  const bare = evaluate(predictions);
  assert.deepEqual([bare.subgroups, bare.intersections], [null, null]);
});
