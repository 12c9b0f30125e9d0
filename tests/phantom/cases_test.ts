import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { type PhantomCase, planCases } from "../../lib/phantom/cases.ts";
import { PHANTOM_DEFAULTS } from "../../lib/phantom/write_phantoms.ts";
import fixture from "../fixtures/dataset/phantom_label_model.json" with { type: "json" };

const CASES = planCases(60_000, 11);

function share(cases: readonly PhantomCase[], holds: (subject: PhantomCase) => boolean): number {
  return cases.filter(holds).length / cases.length;
}

Deno.test("planCases() draws labels as often as the model, so as the NIH's metadata or a floor, says", () => {
  assert.deepEqual(fixture.labels, [...NIH_FINDINGS]);
  NIH_FINDINGS.forEach((label, k) => {
    const found = share(CASES, ({ labels }) => labels.includes(label));
    const expected = fixture.model.prevalence[k]!;
    assert(Math.abs(found - expected) < 0.006, `${label}: ${found} for ${expected}`);
    const nih = Math.max(0.045, fixture.nih.prevalence[k]!);
    assert(Math.abs(found - nih) < 0.007, `${label}: ${found} for the NIH's ${nih}`);
  });
  const normal = share(CASES, ({ labels }) => labels.length === 0);
  assert(Math.abs(normal - fixture.model.noFinding) < 0.015, `${normal} without a finding`);
});

Deno.test("planCases() draws pairs of labels as the model does, and orders them as the NIH's", () => {
  const found: number[] = [];
  const nih: number[] = [];
  NIH_FINDINGS.forEach((a, i) => {
    NIH_FINDINGS.slice(i + 1).forEach((b, offset) => {
      const j = i + 1 + offset;
      const pair = share(CASES, ({ labels }) => labels.includes(a) && labels.includes(b));
      const lift = pair / (fixture.model.prevalence[i]! * fixture.model.prevalence[j]!);
      const expected = fixture.model.lift[i]![j]!;
      assert(Math.abs(lift - expected) < 0.2 + 0.25 * expected, `${a} and ${b}: ${lift} for ${expected}`);
      found.push(Math.log(lift + 0.05));
      nih.push(Math.log(fixture.nih.lift[i]![j]! + 0.05));
    });
  });
  assert(correlation(found, nih) > 0.85, `correlation ${correlation(found, nih)}`);
});

Deno.test("planCases() gives sicker patients AP views, as in the NIH's metadata", () => {
  NIH_FINDINGS.forEach((label, k) => {
    const withLabel = CASES.filter(({ labels }) => labels.includes(label));
    const found = share(withLabel, ({ view }) => view === "AP");
    assert(Math.abs(found - fixture.nih.ap[k]!) < 0.13, `${label}: ${found} for ${fixture.nih.ap[k]}`);
  });
});

Deno.test("planCases() gives every patient as many visits as are asked for, the last one what is left", () => {
  const cases = planCases(50, 3, { visits: 20 });
  const visits = [...Map.groupBy(cases, ({ patient }) => patient).values()].map((images) => images.length);
  assert.deepEqual(visits, [20, 20, 10]);
});

Deno.test("planCases() gives patients as many visits as the NIH's, in order, and findings that persist", () => {
  const patients = [...Map.groupBy(CASES, ({ patient }) => patient).values()].slice(0, -1);
  fixture.nih.visits.forEach((expected, k) => {
    const found = patients.filter((visits) => visits.length === k + 1).length / patients.length;
    assert(Math.abs(found - expected) < 0.01, `${k + 1} visits: ${found} for ${expected}`);
  });
  for (const visits of patients) {
    visits.forEach(({ image, patient, followUp }, k) => {
      assert.equal(followUp, k);
      assert.equal(image, `${String(patient).padStart(8, "0")}_${String(k).padStart(3, "0")}.png`);
    });
  }
  const nexts = patients.flatMap((visits) => visits.slice(1).map((visit, k) => [visits[k]!, visit] as const));
  const before = nexts.filter(([earlier]) => earlier.labels.includes("Hernia"));
  const kept = before.filter(([, later]) => later.labels.includes("Hernia")).length / before.length;
  assert(kept > 0.4 && kept < 0.6, `a hernia persists in ${kept}`);
});

Deno.test("planCases() gives every label some 20 test positives in the default set, with any seed", () => {
  for (const seed of [PHANTOM_DEFAULTS.seed, 2, 3]) {
    const cases = planCases(PHANTOM_DEFAULTS.images, seed);
    for (const label of NIH_FINDINGS) {
      const positives = cases.filter(({ labels }) => labels.includes(label)).length;
      assert(0.15 * positives >= 20, `seed ${seed}: ${positives} images with ${label}`);
    }
  }
});

Deno.test("planCases() of a longer set begins with the shorter set of the same seed", () => {
  assert.deepEqual(planCases(500, 3).slice(0, 120), planCases(120, 3));
  assert.notDeepEqual(planCases(120, 4), planCases(120, 3));
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, k) => sum + (value - mx) * (y[k]! - my), 0);
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb));
}
