import assert from "node:assert/strict";
import {
  type Answer,
  conformalLimit,
  conformalPValue,
  fewestPatients,
  fitConformal,
} from "../../lib/evaluation/conformal.ts";
import { evaluate } from "../../lib/evaluation/metrics.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { eachImageAlone } from "../../lib/evaluation/proportion.ts";
import { resampledCoverage } from "../oracles/conformal_coverage.ts";
import { assertClose, readFixture } from "./_close.ts";

interface Reference {
  levels: number[];
  one: {
    truth: number[];
    scores: number[];
    test: number[];
    p: [absent: number, present: number][];
    sets: [absent: number, present: number][][];
    setLevels: number[];
  };
  pools: {
    patient: number[];
    truth: number[];
    scores: number[];
    coverage: [negatives: number, positives: number][];
  }[];
}

const { levels, one, pools } = await readFixture<Reference>("conformal.json");
const fitted = fitConformal(one, eachImageAlone(one.truth.length))!;

Deno.test("conformal p-values and sets are crepes' of Mondrian categories, where each patient has one image", () => {
  one.test.forEach((score, i) => {
    const found = (["absent", "present"] as const).map((answer) => conformalPValue(fitted, answer, score));
    assertClose(found, one.p[i]!);
  });
  one.setLevels.forEach((level, i) => {
    const [from, upTo] = [
      conformalLimit(fitted, "present", level)!,
      conformalLimit(fitted, "absent", level)!,
    ];
    assert.deepEqual(one.test.map((score) => [Number(score <= upTo), Number(score >= from)]), one.sets[i]);
  });
});

Deno.test("a limit is where the p-value passes what the level leaves", () => {
  for (const level of [0.5, 0.8, 0.9, 0.95]) {
    for (const answer of ["present", "absent"] as Answer[]) {
      const limit = conformalLimit(fitted, answer, level)!;
      const less = answer === "present" ? -1e-6 : 1e-6;
      assert.ok(conformalPValue(fitted, answer, limit) > 1 - level);
      assert.ok(conformalPValue(fitted, answer, limit + less) <= 1 - level + 1e-12);
    }
  }
});

Deno.test("sets have the true answer as often over resampled splits by patient as crepes', and as the level says", () => {
  for (const [nth, pool] of pools.entries()) {
    const found = resampledCoverage(pool, { levels, seed: nth });
    levels.forEach((level, at) => {
      for (const kind of [0, 1]) {
        const own = found[at]![kind]!;
        assert.ok(own > level - 0.005, `pool ${nth}, level ${level}, class ${kind}: ${own}`);
        const theirs = pool.coverage[at]![kind]!;
        assert.ok(Math.abs(own - theirs) < 0.02, `${own} and crepes' ${theirs}`);
      }
    });
  }
});

Deno.test("a patient's many images count as one, and weights tell them apart only among the patient's own", () => {
  const label = { truth: [1, 1, 1, 1, 0], scores: [0.1, 0.2, 0.2, 0.9, 0.5] };
  const patients = indexPatients(["a", "a", "a", "b", "c"]);
  const conformal = fitConformal(label, patients)!;
  assert.deepEqual([conformal.present.patients, conformal.absent.patients], [2, 1]);
  const p = (score: number) => conformalPValue(conformal, "present", score);
  assertClose([p(0), p(0.1), p(0.2), p(0.5), p(0.9)], [1 / 3, (1 + 1 / 3) / 3, 2 / 3, 2 / 3, 1]);
  const weighted = fitConformal({ ...label, weights: Float64Array.of(2, 1, 1, 50, 7) }, patients)!;
  assertClose(conformalPValue(weighted, "present", 0.1), 1.5 / 3);
  assert.equal(fitConformal({ truth: [1, 1], scores: [0, 1] }, eachImageAlone(2)), null);
  assert.throws(() => fitConformal({ truth: [1, 0], scores: [NaN, 1] }, eachImageAlone(2)), /A score is NaN/);
});

Deno.test("with too few patients an answer is in every set, and evaluate() says up to which level they suffice", () => {
  assert.deepEqual([0.5, 0.8, 0.9, 0.95, 0.99].map(fewestPatients), [1, 4, 9, 19, 99]);
  for (const level of [0.8, 0.9, 0.95]) {
    for (
      const [patients, isLimited] of [[fewestPatients(level) - 1, false], [
        fewestPatients(level),
        true,
      ]] as const
    ) {
      const truth = Array.from({ length: patients + 1 }, (_, i) => Number(i < patients));
      const conformal = fitConformal(
        { truth, scores: truth.map((_, i) => i) },
        eachImageAlone(truth.length),
      )!;
      assert.equal(conformalLimit(conformal, "present", level) !== null, isLimited, `${level}, ${patients}`);
    }
  }
  const predictions = {
    labels: ["Mass"],
    images: one.scores.map((_, i) => `${i}.png`),
    patients: one.scores.map((_, i) => String(i)),
    truth: Uint8Array.from(one.truth),
    scores: Float64Array.from(one.scores),
  };
  assert.equal(evaluate(predictions).labels[0]!.conformal, null);
  const { patients, highestLevel, sets } = evaluate(predictions, { validation: predictions }).labels[0]!
    .conformal!;
  assert.deepEqual([patients, highestLevel], [{ present: 40, absent: 110 }, 0.975]);
  const { both, neither, coveredPositives, missed, falseAlarms } = sets.find(({ level }) => level === 0.9)!;
  assert.ok(coveredPositives!.value >= 0.9 && neither!.value === 0 && both!.value > 0.1 && both!.value < 0.9);
  assert.ok(missed!.value < 0.25 && falseAlarms!.value < 0.25, JSON.stringify([missed, falseAlarms]));
  assert.deepEqual(sets.at(-1)!.presentFrom, null);
});
