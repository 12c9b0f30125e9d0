import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { ORIGINAL_NOTEBOOK, PUBLISHED_RESULTS } from "../../lib/report/literature.ts";
import { summarise } from "../../lib/evaluation/summary.ts";

Deno.test("published AUCs of labels have the published mean", () => {
  for (const { name, auc, meanAuc } of PUBLISHED_RESULTS) {
    if (!auc) continue;
    assert.deepEqual(Object.keys(auc), [...NIH_FINDINGS], name);
    const { mean } = summarise(Object.values(auc));
    assert.ok(Math.abs(mean! - meanAuc) < 0.0006, `${name}: ${mean} against ${meanAuc}`);
  }
});

Deno.test("the original's AUCs have the lowest, highest, mean and median that its notebook reports", () => {
  const { min, max, mean, median } = summarise(Object.values(ORIGINAL_NOTEBOOK.auc));
  assert.deepEqual([min, max, mean!.toFixed(4), median!.toFixed(4)], [0.5843, 0.8115, "0.7055", "0.7022"]);
});

Deno.test("what was split at random is not among the results on the official split", () => {
  const splitOf = (name: string) => PUBLISHED_RESULTS.find((result) => result.name.startsWith(name))!.split;
  assert.deepEqual(["The original", "CheXNet"].map(splitOf), ["original", "patient"]);
});
