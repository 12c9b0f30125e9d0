import assert from "node:assert/strict";
import { type Exercise, judgeAnswer } from "../../lib/notebook/check_answer.ts";
import { EXERCISES } from "../../lib/notebook/exercises.ts";

/** What is said of answers. */
function verdicts<Context>(exercise: Exercise<Context>, context: Context, answers: (number | null)[]) {
  return answers.map((answer) => judgeAnswer(exercise, { answer, context }));
}

const half: Exercise<{ of: number }> = {
  within: 0.01,
  answer: ({ of }) => of / 2,
  why: ({ of }) => `Half of ${of}.`,
  mistakes: ({ of }) => [{ answer: of, why: "That is the whole." }, { answer: of / 2, why: "never said" }],
};

Deno.test("an answer is right or wrong, and it is said why", () => {
  assert.deepEqual(verdicts(half, { of: 0.8 }, [null, 0.4, 0.405, 0.8, 40, 0.3, 0.5, NaN]), [
    { right: null, text: "No answer yet: write it in place of `null` and run the cell again." },
    { right: true, text: "Right. Half of 0.8." },
    { right: true, text: "Right. Half of 0.8." },
    { right: false, text: "Not yet. That is the whole." },
    { right: false, text: "Not yet. That is in per cent; the question asks for a number from 0 to 1." },
    { right: false, text: "Not yet. It is too low." },
    { right: false, text: "Not yet. It is too high." },
    { right: false, text: "Not yet. NaN is no number that could be measured." },
  ]);
});

Deno.test("notebook 1: the accuracy of saying no", () => {
  const [kept, all] = [[{ positives: 20, negatives: 80 }, { positives: 10, negatives: 90 }], [
    { positives: 20, negatives: 180 },
    { positives: 10, negatives: 190 },
  ]];
  const [right, ofAll] = verdicts(EXERCISES.accuracyOfKept, { kept, all }, [0.85, 0.925]);
  assert.match(right!.text, /^Right\. It falls from 92\.5 % to 85\.0 %/);
  assert.match(ofAll!.text, /all images/);
});

Deno.test("notebook 2: a small test set leaks as well", () => {
  const context = { shared: 82, images: 100, sharedOfLarge: 160, imagesOfLarge: 200 };
  const [right, others, count] = verdicts(EXERCISES.leakOfSmallTest, context, [0.82, 0.18, 82]);
  assert.match(right!.text, /82 % of them, beside 80 %/);
  assert.match(others!.text, /not in the training set/);
  assert.match(count!.text, /their number/);
});

Deno.test("notebook 3: the loss of answering 0.5", () => {
  const context = { weights: [0.1, 0.3], untrained: 0.12 };
  const answers = verdicts(EXERCISES.lossOfHalf, context, [
    0.2 * Math.LN2,
    Math.LN2,
    0.2,
    0.4 * Math.LN2,
    0.1,
  ]);
  assert.deepEqual(answers.map(({ right }) => right), [true, false, false, false, false]);
  assert.match(answers[0]!.text, /loss is 0\.120: this time/);
  assert.match(
    verdicts(EXERCISES.lossOfHalf, { ...context, untrained: 0.2 }, [0.2 * Math.LN2])[0]!.text,
    /say so/,
  );
  assert.match(answers[1]!.text, /weights are missing/);
  assert.match(answers[3]!.text, /sum/);
});

Deno.test("notebook 5: precision by Bayes' theorem", () => {
  const context = { sensitivity: 0.9, specificity: 0.9, prevalence: 0.1, precision: 0.7 };
  const answers = verdicts(EXERCISES.precisionAtPrevalence, context, [0.5, 0.7, 0.09, 0.9]);
  assert.match(answers[0]!.text, /^Right\. .* 1 are alarmed for nothing/);
  assert.match(answers[1]!.text, /test set's prevalence/);
  assert.match(answers[2]!.text, /divide by/);
  assert.match(answers[3]!.text, /sensitivity/);
});

Deno.test("notebook 6: the IoU of two squares", () => {
  const context = {
    heat: { x: 10, y: 10, width: 20, height: 20 },
    box: { x: 15, y: 15, width: 20, height: 20 },
  };
  const answers = verdicts(EXERCISES.iouOfRectangles, context, [225 / 575, 225 / 400, 225 / 800, 225]);
  assert.match(answers[0]!.text, /^Right\. The common area is 225, that of both together 575\. .* 0\.563/);
  assert.match(answers[1]!.text, /IoBB/);
  assert.match(answers[2]!.text, /counted twice/);
  assert.match(answers[3]!.text, /common area/);
  const apart = { heat: context.heat, box: { x: 50, y: 50, width: 5, height: 5 } };
  assert.equal(verdicts(EXERCISES.iouOfRectangles, apart, [0])[0]!.right, true);
});

Deno.test("notebook 7: false alarms of a hundred patients", () => {
  const context = { specificity: 0.8, sensitivity: 0.9, images: 100, prevalence: 0.1 };
  const answers = verdicts(EXERCISES.falseAlarms, context, [18, 20, 1]);
  assert.deepEqual(answers.map(({ right }) => right), [true, false, false]);
  assert.match(answers[0]!.text, /9\.0 patients who are found and 1\.0 who are missed/);
});
