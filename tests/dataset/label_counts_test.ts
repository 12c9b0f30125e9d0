import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { countLabels } from "../../lib/dataset/label_counts.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { entriesOf } from "./_files.ts";
import { expected, NIH_METADATA, noNih } from "./_nih.ts";

Deno.test("countLabels() counts images with and without each label", () => {
  const entries = entriesOf([4]);
  entries[1]!.labels = ["Hernia", "Mass"];
  entries[3]!.labels = ["Mass"];
  const counts = countLabels(entries, NIH_FINDINGS);
  assert.equal(counts.length, 14);
  assert.deepEqual(counts[7], { label: "Hernia", positives: 1, negatives: 3, unknown: 0, prevalence: 0.25 });
  assert.deepEqual(counts[9], { label: "Mass", positives: 2, negatives: 2, unknown: 0, prevalence: 0.5 });
  assert.deepEqual(counts[0], {
    label: "Atelectasis",
    positives: 0,
    negatives: 4,
    unknown: 0,
    prevalence: 0,
  });
});

Deno.test("countLabels() leaves images of unknown ground truth out of negatives and prevalence", () => {
  const entries = entriesOf([4]);
  entries[0]!.labels = ["A finding of ours"];
  entries[1]!.unknown = ["A finding of ours", "another data set's"];
  assert.deepEqual(countLabels(entries, ["A finding of ours", "Other"]), [
    { label: "A finding of ours", positives: 1, negatives: 2, unknown: 1, prevalence: 1 / 3 },
    { label: "Other", positives: 0, negatives: 4, unknown: 0, prevalence: 0 },
  ]);
});

Deno.test({
  name: "countLabels() counts the NIH's labels as pandas does",
  ignore: noNih,
  fn: async () => {
    const counts = countLabels(await readMetadata(NIH_METADATA), NIH_FINDINGS);
    assert.deepEqual(counts.map(({ label }) => label), expected.nih.labels);
    assert.deepEqual(counts.map(({ positives }) => positives), expected.nih.positives);
    counts.forEach(({ prevalence }, index) => {
      assert(Math.abs(prevalence - expected.nih.negativeWeights[index]) < 1e-15);
    });
  },
});
