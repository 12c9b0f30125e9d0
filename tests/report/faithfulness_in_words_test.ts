import assert from "node:assert/strict";
import { type CheckedMap, summariseFaithfulness } from "../../lib/evaluation/faithfulness.ts";
import type { LocalisationMetrics } from "../../lib/evaluation/localisation.ts";
import {
  boxSizeTitle,
  faithfulnessInWords,
  priorInWords,
  sizesInWords,
} from "../../lib/report/faithfulness_in_words.ts";

const PATIENTS = Array.from({ length: 40 }, (_, i) => i);
const ABOUT = { layers: 9, networks: 2, steps: 10, removed: [0.2, 0.8] };

/** Maps of 40 patients, whose figures stray by 0.05 around some means. */
function maps(
  { spearman, gain = 0 }: { spearman?: number | null; gain?: number },
  patients: readonly number[] = PATIENTS,
): CheckedMap[] {
  return patients.map((patient) => {
    const stray = 0.05 * (patient % 2 === 0 ? 1 : -1);
    return {
      patient: String(patient),
      deletion: 0.4 - gain + stray,
      insertion: 0.4 + gain - stray,
      road: 0,
      similarity: spearman === undefined ? [] : [{ spearman: spearman && spearman + stray, ssim: 0.1 }],
    };
  });
}

function sentences(spearman: number | null, gain: number, patients = PATIENTS): string {
  return faithfulnessInWords(summariseFaithfulness([
    { method: "grad-cam", stages: [9], checked: maps({ spearman, gain }, patients) },
    {
      method: "random",
      stages: [],
      checked: maps({}, patients).map((map, i) => ({
        ...map,
        deletion: 0.4 + 0.01 * (i % 3),
        insertion: 0.4 + 0.01 * (i % 3),
      })),
    },
  ], ABOUT)).join("\n");
}

Deno.test("a map that stays the same with random weights fails its sanity check, with the numbers", () => {
  assert.match(
    sentences(0.8, 0),
    /^Grad-CAM fails its sanity check: with all weights random its maps still have a rank correlation of 0\.800 \(0\.\d{3} to 0\.\d{3}\) with those/,
  );
  assert.match(
    sentences(0.05, 0),
    /^Sanity check passed: .* below 0\.5 with its interval: Grad-CAM 0\.050 \(-?0\.\d{3} to 0\.\d{3}\)\.\n/,
  );
  assert.match(
    sentences(0.45, 0, [0, 1, 2]),
    /^Whether the sanity check is passed cannot be told, .*: Grad-CAM 0\.4/,
  );
  assert.doesNotMatch(sentences(null, 0), /sanity check/);
});

Deno.test("a map that the last layer's weights do not change is said not to tell findings apart", () => {
  const [first, last] = [0.9, 0.1].map((spearman) => maps({ spearman }));
  const checked = last!.map((map, i) => ({
    ...map,
    similarity: [first![i]!.similarity[0]!, map.similarity[0]!],
  }));
  const found = summariseFaithfulness([
    { method: "grad-cam++", stages: [1, 9], checked },
    { method: "random", stages: [], checked: maps({}) },
  ], ABOUT);
  assert.match(
    faithfulnessInWords(found)[1]!,
    /^Grad-CAM\+\+ hardly distinguishes findings: .* of 0\.900 \(0\.7/,
  );
});

Deno.test("methods whose maps are the same are said to be one", () => {
  const both = (other: number) =>
    faithfulnessInWords(summariseFaithfulness([
      { method: "grad-cam", stages: [9], checked: maps({ spearman: 0, gain: 0.1 }) },
      { method: "hirescam", stages: [9], checked: maps({ spearman: 0, gain: other }) },
      { method: "random", stages: [], checked: maps({}) },
    ], ABOUT)).join("\n");
  assert.match(both(0.1), /^HiResCAM makes Grad-CAM's maps here/m);
  assert.doesNotMatch(both(0.11), /HiResCAM makes/);
});

Deno.test("what is better and worse than random maps is said by the intervals", () => {
  assert.match(
    sentences(0, 0.2),
    /What scores rest on is shown better than by random maps, by more than chance: Grad-CAM by deletion, insertion\.\n/,
  );
  assert.match(sentences(0, -0.2), / Worse than random maps: Grad-CAM by deletion, insertion\.\n/);
  assert.match(
    sentences(0, 0),
    /That any of these maps shows what scores rest on better than random maps is not shown by any measure\.\n/,
  );
  assert.match(
    sentences(0, 0),
    /\nChecked on 40 heat maps of 40 patients, .* 2 sets of random weights for 9 layers; .* 10 steps, ROAD with 20, 80 % of/,
  );
});

Deno.test("maps are set beside the prior map by the difference's interval", () => {
  const share = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });
  const all = (difference: number, half: number | null): LocalisationMetrics["all"] => ({
    maps: 50,
    patients: 40,
    pointingGame: share(0.5),
    randomPoint: 0.1,
    centre: 0.1,
    prior: {
      pointingGame: share(0.5 - difference),
      difference,
      interval: half === null ? null : { low: difference - half, high: difference + half },
    },
  });
  const sentence = (difference: number, half: number | null) => priorInWords({ all: all(difference, half) })!;
  assert.equal(
    sentence(0.2, 0.1),
    "The peak of Grad-CAM lies in the finding's bounding box in 50.0 % (40.0 to 60.0) of 50 maps, that of the prior map, the " +
      "mean of the training set's boxes of the finding, in 30.0 %: a difference of +20.0 % (+10.0 % to +30.0 %). That is more " +
      "than knowing where such findings lie in other images.",
  );
  assert.match(sentence(-0.2, 0.1), /difference of -20\.0 % .* without a look at this one, does better\.$/);
  assert.match(sentence(0.05, 0.1), /That is no more, beyond chance,/);
  assert.match(sentence(0.05, null), /difference of \+5\.0 %\. Nothing tells whether/);
  assert.match(priorInWords({ all: { ...all(0, 1)!, prior: null } })!, /There is no prior map to be beaten/);
  assert.equal(priorInWords({ all: null }), null);
});

Deno.test("small and large boxes are told apart", () => {
  const size = (from: number, below: number, value: number) => ({
    from,
    below,
    maps: 20,
    patients: 20,
    pointingGame: { value, low: 0, high: 1 },
    randomPoint: from,
    prior: null,
  });
  const methods = [{
    method: "grad-cam",
    ...size(0, 1, 0.4),
    sizes: [size(0, 1 / 16, 0.05), size(1 / 4, 1, 0.8)],
  }];
  assert.match(
    sizesInWords({ methods })!,
    /the peak hits: below 1\/16, 5\.0 % .* of 20 \(a random point: 0\.0 %\); 1\/4 and more, 80\.0 % .* of 20/,
  );
  assert.equal(sizesInWords({ methods: [] }), null);
  assert.deepEqual(
    [[0, 1 / 16], [1 / 16, 1 / 8], [1 / 4, 1]].map(([from, below]) =>
      boxSizeTitle({ from: from!, below: below! })
    ),
    ["below 1/16", "1/16 to 1/8", "1/4 and more"],
  );
});
