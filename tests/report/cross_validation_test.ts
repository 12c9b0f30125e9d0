import assert from "node:assert/strict";
import { crossValidation } from "../../lib/evaluation/cross_validation.ts";
import type { Predictions } from "../../lib/evaluation/predictions.ts";
import { crossValidationHtml, crossValidationTable } from "../../lib/report/cross_validation.ts";
import { checkSettings } from "../../lib/training/settings.ts";

/** A fold of eight patients with an image each, of whom half have the first label, and some the second. */
function fold(number: number, hernias: number): Predictions {
  const truth = Uint8Array.from({ length: 16 }, (_, i) => Number(i % 2 === 0 ? i < 8 : i < 2 * hernias));
  const names = Array.from({ length: 8 }, (_, i) => `${number}-${i}`);
  return {
    ...{ labels: ["Mass", "Hernia"], images: names, patients: names, truth },
    scores: Float64Array.from(truth, (value, i) => value + (i * 7 % 5) / 4),
  };
}

Deno.test("a cross-validation's report says of how many labels its means are, where numbers are small, and leads on", async () => {
  const results = crossValidation([fold(1, 0), fold(2, 1), fold(3, 0)]);
  const { rows } = crossValidationTable(results);
  assert.equal(rows.at(-1)![0], "Mean of 2");
  const html = await crossValidationHtml({
    dir: "runs/folds",
    settings: checkSettings({}, "settings"),
    phantom: false,
    results,
  });
  assert.match(
    html,
    /2 of 2 labels have too few images for a sure AUC \(Mass 12 positive, Hernia 1 positive\)/,
  );
  assert.match(html, /<a href="fold-2\/report\.html">Report of fold 2<\/a>/);
  const counts = [...html.matchAll(/Fold \d<\/th>(<td class="number">\d+<\/td>){3}/g)].map(([, last]) =>
    last
  );
  assert.deepEqual(counts, [1, 2, 1].map((count) => `<td class="number">${count}</td>`));

  const none = crossValidation([fold(1, 0), fold(2, 0)]);
  assert.equal(crossValidationTable(none).rows.at(-1)![0], "Mean of 1 of 2");
});
