import assert from "node:assert/strict";
import { auc } from "../../lib/evaluation/auc.ts";
import { comparePredictions } from "../../lib/evaluation/compare.ts";
import { ensembleOf } from "../../lib/evaluation/ensemble.ts";
import {
  labelColumn,
  type Predictions,
  selectImages,
  selectLabels,
} from "../../lib/evaluation/predictions.ts";
import { random } from "../../lib/support/random.ts";

const labels = ["Mass", "Nodule", "Edema"];

/** Probabilities of 120 images of 60 patients: what is true, blurred by errors of the member's own. */
function predict(member: number, { blur = 0.7 } = {}): Predictions {
  const truths = random(1, "truth");
  const truth = Uint8Array.from({ length: 360 }, () => Number(truths.uniform() < 0.3));
  const { normal } = random(member, "errors");
  return {
    labels,
    images: Array.from({ length: 120 }, (_, i) => `${i}.png`),
    patients: Array.from({ length: 120 }, (_, i) => String(Math.floor(i / 2))),
    truth,
    scores: Float64Array.from(truth, (value) => 1 / (1 + Math.exp(-(value - 0.5 + blur * normal())))),
  };
}

const [one, two, three] = [predict(1), predict(2, { blur: 1 }), predict(3, { blur: 1.5 })];

Deno.test("ensembleOf() takes the mean of scores, in any order of images and of labels", () => {
  const ensemble = ensembleOf([["one", one], ["two", two], ["three", three]]);
  const { scores } = ensemble.predictions;
  scores.forEach((score, i) =>
    assert(Math.abs(score - (one.scores[i]! + two.scores[i]! + three.scores[i]!) / 3) < 1e-15)
  );
  const shuffled = selectLabels(
    selectImages(two, random(4).shuffle([...two.images.keys()])),
    labels.toReversed(),
  );
  assert.deepEqual(ensembleOf([["one", one], ["two", shuffled], ["three", three]]), ensemble);
});

Deno.test("ensembleOf() compares the mean with its best member, whichever place that has", () => {
  const { members, best, comparison, predictions } = ensembleOf([["three", three], ["one", one], [
    "two",
    two,
  ]]);
  const areas = [three, one, two].map((member) =>
    labels.map((_, label) => {
      const { truth, scores } = labelColumn(member, label);
      return auc(truth, scores)!;
    }).reduce((sum, area) => sum + area / labels.length, 0)
  );
  assert.deepEqual(members.map(({ name }) => name), ["three", "one", "two"]);
  members.forEach(({ meanAuc }, i) => assert(Math.abs(meanAuc! - areas[i]!) < 1e-12));
  assert.equal(best, "one");
  assert.equal(areas.indexOf(Math.max(...areas)), 1);
  assert.deepEqual(comparison, comparePredictions(predictions, one));
  assert(comparison.paired);
  // Errors that have nothing to do with each other average out.
  const alike = [1, 2, 3, 4].map((member) => [String(member), predict(member)] as const);
  const together = ensembleOf(alike);
  assert(together.comparison.mean.interval!.low > 0, "four equally good members beat the best of them");
});

Deno.test("ensembleOf() tells copies, in any order of images, and no others", () => {
  const shuffled = selectImages(two, random(4).shuffle([...two.images.keys()]));
  const { copies } = ensembleOf([["two", two], ["one", one], ["copy", shuffled], ["again", two]]);
  assert.deepEqual(copies, [{ name: "copy", of: "two" }, { name: "again", of: "two" }]);
  assert.deepEqual(ensembleOf([["one", one], ["two", two]]).copies, []);
});

Deno.test("ensembleOf() keeps the findings that all have, and refuses what is of other images or has none", () => {
  const some = selectLabels(two, ["Edema", "Mass"]);
  const { predictions, leftOut } = ensembleOf([["one", one], ["some", some]]);
  assert.deepEqual([predictions.labels, leftOut], [["Mass", "Edema"], ["Nodule"]]);
  assert.deepEqual(ensembleOf([["some", some], ["one", one]]).leftOut, ["Nodule"]);
  const fewer = selectImages(two, Array.from({ length: 100 }, (_, i) => i));
  assert.throws(() => ensembleOf([["one", one], ["fewer", fewer]]), {
    name: "InputError",
    message: "fewer: has scored other images than one",
  });
  const gout = { ...selectLabels(two, ["Mass"]), labels: ["Gout"] };
  assert.throws(
    () => ensembleOf([["one", one], ["gout", gout]]),
    /^InputError: one, gout: have no finding in common$/,
  );
  const wrong = { ...two, truth: two.truth.map((value) => 1 - value) };
  assert.throws(() => ensembleOf([["one", one], ["wrong", wrong]]), { name: "InputError" });
});
