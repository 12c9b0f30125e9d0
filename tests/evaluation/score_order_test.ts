import assert from "node:assert/strict";
import { descendingOrder } from "../../lib/evaluation/descending_order.ts";
import { type LabelColumn, labelColumn, selectPlaces } from "../../lib/evaluation/predictions.ts";
import { rankedScores, selectScores, settled } from "../../lib/evaluation/score_order.ts";
import { random } from "../../lib/support/random.ts";

const { integer, uniform } = random(0, "score order");
const tied = () => Float64Array.from({ length: 500 }, () => integer(60) / 60);

Deno.test("rankedScores() sorts settled scores once, and others whenever it is asked", () => {
  const scores = settled(tied());
  assert.deepEqual(rankedScores(scores).order, descendingOrder(scores));
  assert.equal(rankedScores(scores).order, rankedScores(scores).order);
  const changing = tied();
  rankedScores(changing);
  changing.reverse();
  assert.deepEqual(rankedScores(changing).order, descendingOrder(changing));
});

Deno.test("a label's columns share one order, which is found anew where the scores were changed", () => {
  const scores = tied();
  const images = Array.from(scores, (_, i) => `${i}.png`);
  const truth = new Uint8Array(scores.length);
  const predictions = { labels: ["Mass"], images, patients: images, truth, scores };
  const order = rankedScores(labelColumn(predictions, 0).scores).order;
  assert.equal(rankedScores(labelColumn(predictions, 0).scores).order, order);
  [scores[7], scores[8]] = [scores[8]!, scores[7]! + 2];
  assert.deepEqual(rankedScores(labelColumn(predictions, 0).scores).order, descendingOrder(scores));
});

Deno.test("selectScores() knows the order of some scores as a sort of them has it, ties too", () => {
  const scores = settled(tied());
  const places = Uint32Array.from(scores.keys()).filter(() => uniform() < 0.4);
  const selected = selectScores(scores, places);
  assert.deepEqual(selected, Float64Array.from(places, (place) => scores[place]!));
  assert.deepEqual(rankedScores(selected).order, descendingOrder(selected));
  assert.deepEqual(selectScores(scores, new Uint32Array()), new Float64Array());
});

Deno.test("selectPlaces() takes images out of a label's column with their truth and weights", () => {
  const images = ["a", "b", "c", "d"];
  const column: LabelColumn = labelColumn({
    labels: ["Mass"],
    images,
    patients: images,
    truth: Uint8Array.of(1, 255, 0, 1),
    scores: Float64Array.of(0.1, 0.2, 0.3, 0.4),
    weights: Float64Array.of(1, 2, 3, 4),
  }, 0);
  assert.deepEqual(selectPlaces(column, Uint32Array.of(0, 2)), {
    images: Uint32Array.of(0, 3),
    truth: Uint8Array.of(1, 1),
    scores: Float64Array.of(0.1, 0.4),
    weights: Float64Array.of(1, 4),
  });
});
