import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { labelWeights } from "../../lib/dataset/label_weights.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { entriesOf } from "./_files.ts";
import { expected, NIH_METADATA, noNih } from "./_nih.ts";

Deno.test("labelWeights() gives positives the frequency of negatives, and the reverse", () => {
  const entries = entriesOf([4]);
  entries[1]!.labels = ["Mass"];
  const { positive, negative } = labelWeights(entries, NIH_FINDINGS);
  assert.deepEqual([positive[9], negative[9]], [0.75, 0.25]);
  assert.deepEqual([positive[0], negative[0]], [1, 0]);
});

Deno.test("labelWeights() takes the frequencies among images whose ground truth is known", () => {
  const entries = entriesOf([5]);
  entries[0]!.labels = ["Mass"];
  entries[1]!.unknown = ["Mass"];
  for (const entry of entries) entry.unknown = [...entry.unknown, "Never known"];
  assert.deepEqual(labelWeights(entries, ["Mass", "Never known"]), {
    positive: [0.75, 0],
    negative: [0.25, 0],
  });
});

Deno.test("labelWeights() needs images", () => {
  assert.throws(() => labelWeights([], NIH_FINDINGS), InputError);
});

Deno.test({
  name: "labelWeights() weighs the NIH's labels as numpy does",
  ignore: noNih,
  fn: async () => {
    const { positive, negative } = labelWeights(await readMetadata(NIH_METADATA), NIH_FINDINGS);
    positive.forEach((weight, index) =>
      assert(Math.abs(weight - expected.nih.positiveWeights[index]) < 1e-15)
    );
    negative.forEach((weight, index) =>
      assert(Math.abs(weight - expected.nih.negativeWeights[index]) < 1e-15)
    );
  },
});
