import assert from "node:assert/strict";
import { UNKNOWN } from "../../lib/dataset/entry.ts";
import { crossValidation } from "../../lib/evaluation/cross_validation.ts";
import { intervalOf } from "../../lib/evaluation/estimate.ts";
import { estimateAuc } from "../../lib/evaluation/estimate_auc.ts";
import { estimateStratifiedAuc } from "../../lib/evaluation/estimate_stratified_auc.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { random } from "../../lib/support/random.ts";
import { assertClose, readFixture } from "./_close.ts";

/** A fold's predictions for two labels: patients of one to three images, of which some truth is unknown. */
function fold(name: string, patients: number, seed: number): Predictions {
  const { uniform, integer } = random(seed, "fold");
  const images: string[] = [];
  const own: string[] = [];
  const truth: number[] = [];
  const scores: number[] = [];
  for (let patient = 0; patient < patients; patient++) {
    for (let image = integer(3); image >= 0; image--) {
      images.push(`${name}_${patient}_${image}.png`);
      own.push(`${name}_${patient}`);
      truth.push(Number(uniform() < 0.3), uniform() < 0.1 ? UNKNOWN : Number(uniform() < 0.5));
      // Ties too.
      scores.push(Math.round(10 * uniform()) / 10, uniform());
    }
  }
  return {
    labels: ["Mass", "Hernia"],
    images,
    patients: own,
    truth: Uint8Array.from(truth),
    scores: Float64Array.from(scores),
  };
}

/** The fraction of the pairs within folds that scores put right, pair by pair. */
function pairsRight(folds: readonly Predictions[], label: number): number {
  let [right, pairs] = [0, 0];
  for (const { truth, scores, images } of folds) {
    const rows = images.map((_, image) => image * 2 + label);
    for (const positive of rows.filter((row) => truth[row] === 1)) {
      for (const negative of rows.filter((row) => truth[row] === 0)) {
        pairs++;
        const difference = scores[positive]! - scores[negative]!;
        right += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
      }
    }
  }
  return right / pairs;
}

Deno.test("the AUC within folds is the fraction of the pairs of one fold that scores put right", () => {
  const folds = [fold("a", 40, 1), fold("b", 25, 2), fold("c", 60, 3)];
  const found = crossValidation(folds);
  found.labels.forEach(({ auc }, label) => assertClose(auc!, pairsRight(folds, label), 1e-12));
  assertClose(found.mean!, (found.labels[0]!.auc! + found.labels[1]!.auc!) / 2, 1e-12);
  assert.deepEqual(found.labels.map(({ folds }) => folds.length), [3, 3]);
  folds.forEach((own, i) => {
    assert.equal(found.folds[i]!.images, own.images.length);
    assert.equal(found.folds[i]!.patients, new Set(own.patients).size);
    assertClose(found.labels[0]!.folds[i]!, pairsRight([own], 0), 1e-12);
  });
});

Deno.test("a score that another network gives does not count: a whole fold may be higher", () => {
  const folds = [fold("a", 40, 1), fold("b", 40, 2)];
  const raised = { ...folds[1]!, scores: folds[1]!.scores.map((score) => score + 5) };
  const [before, after] = [crossValidation(folds), crossValidation([folds[0]!, raised])];
  assert.deepEqual(after.labels.map(({ auc }) => auc), before.labels.map(({ auc }) => auc));
});

Deno.test("of one stratum the estimate is that of the AUC, of two its variance is the weighted sum of theirs", () => {
  const [a, b] = [fold("a", 30, 4), fold("b", 50, 5)];
  const index = indexPatients([...a.patients, ...b.patients]);
  const stratum = ({ truth, scores, images }: Predictions, start: number) => ({
    truth: truth.filter((_, i) => i % 2 === 0),
    scores: scores.filter((_, i) => i % 2 === 0),
    index: { ofImage: index.ofImage.subarray(start, start + images.length), count: index.count },
  });
  const strata = [stratum(a, 0), stratum(b, a.images.length)];
  const alone = strata.map((own) => estimateAuc(own, own.index)!);
  assertClose(estimateStratifiedAuc([strata[0]!]), alone[0], 1e-15);
  const pairs = strata.map(({ truth }) => {
    const positives = truth.reduce((sum, value) => sum + value, 0);
    return positives * (truth.length - positives);
  });
  const share = pairs.map((own) => own / (pairs[0]! + pairs[1]!));
  const both = estimateStratifiedAuc(strata)!;
  assertClose(
    both.variance,
    share[0]! ** 2 * alone[0]!.variance + share[1]! ** 2 * alone[1]!.variance,
    1e-15,
  );
  const width = (of: typeof both) => intervalOf(of)!.high - intervalOf(of)!.low;
  assert.ok(width(both) < Math.min(...alone.map(width)));
});

Deno.test("a fold without the finding counts for nothing, and none with it gives no AUC", () => {
  const folds = [fold("a", 40, 1), fold("b", 40, 2)];
  const none = { ...folds[1]!, truth: folds[1]!.truth.map((value, i) => i % 2 === 0 ? 0 : value) };
  const { labels } = crossValidation([folds[0]!, none]);
  assertClose(labels[0]!.auc!, pairsRight([folds[0]!], 0), 1e-12);
  assert.equal(labels[0]!.folds[1], null);
  const { labels: [mass], mean } = crossValidation([none]);
  assert.deepEqual([mass!.auc, mass!.interval], [null, null]);
  assertClose(mean!, pairsRight([none], 1), 1e-12);
});

Deno.test("folds that share a patient or have other findings are refused", () => {
  const folds = [fold("a", 10, 1), fold("b", 10, 2)];
  const refused = (other: Predictions, message: RegExp) =>
    assert.throws(
      () => crossValidation([folds[0]!, other]),
      (error) => error instanceof InputError && message.test(error.message),
    );
  refused(
    { ...folds[1]!, patients: ["a_3", ...folds[1]!.patients.slice(1)] },
    /^Folds 1 and 2 have patient a_3 in common$/,
  );
  refused(folds[0]!, /^Folds 1 and 2 have image a_0_\d\.png in common$/);
  refused(
    { ...folds[1]!, labels: ["Mass", "Edema"] },
    /^Fold 2 has other findings than fold 1: Mass, Edema$/,
  );
});

Deno.test("the interval of an AUC within folds holds in 93 % at least, by the stored simulations", async () => {
  const { times, rows } = await readFixture<{ times: number; rows: { coverage: number; given: number }[] }>(
    "cross_validation_coverage.json",
  );
  assert.ok(times >= 2000 && rows.length === 40);
  for (const row of rows) assert.ok(row.given > 0.99 && row.coverage > 0.93, JSON.stringify(row));
});
