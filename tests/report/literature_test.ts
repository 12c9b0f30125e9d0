import assert from "node:assert/strict";
import { readImageList } from "../../lib/dataset/image_list.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { splitAsOriginal, splitByImage } from "../../lib/dataset/split.ts";
import { undersample } from "../../lib/dataset/undersample.ts";
import { ORIGINAL_NOTEBOOK, PUBLISHED_RESULTS, publishedTestSet } from "../../lib/report/literature.ts";
import { literatureInWords } from "../../lib/report/sentences.ts";
import { summarise } from "../../lib/evaluation/summary.ts";
import { NIH_METADATA, NIH_SAMPLE, noNih, noSample } from "../dataset/_nih.ts";

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

Deno.test({
  name: "publishedTestSet() knows the original's test images in any order, and no others",
  ignore: noNih,
  fn: async () => {
    const entries = undersample(await readMetadata(NIH_METADATA), { keepNormal: 0.2 });
    const test = splitAsOriginal(entries).test.map(({ image }) => image);
    assert.equal(publishedTestSet(test), "original");
    assert.equal(publishedTestSet(test.toReversed()), "original");
    assert.equal(publishedTestSet(test.slice(1)), null);
    assert.equal(publishedTestSet(splitByImage(entries, { seed: 1 }).test.map(({ image }) => image)), null);
  },
});

Deno.test({
  name: "publishedTestSet() knows the NIH's test list",
  ignore: noSample,
  fn: async () => {
    const images = [...await readImageList(`${NIH_SAMPLE}/test_list.txt`)];
    assert.equal(publishedTestSet(images), "official");
    assert.equal(publishedTestSet(images.with(0, "other.png")), null);
  },
});

Deno.test("a sentence counts the published results that are higher, ties not among them", () => {
  const published = [{ meanAuc: 0.7 }, { meanAuc: 0.8 }, { meanAuc: 0.9 }];
  const sentence = (mean: number | null, of = published, unweighted = false) =>
    literatureInWords(mean, of, { unweighted });
  assert.equal(
    sentence(0.8),
    "The mean AUC here is 0.800; of the 3 published results on the same test images 1 is higher.",
  );
  assert.match(
    sentence(0.65, published, true),
    /0\.650, unweighted as in .*; of the 3 .* images 3 are higher\.$/,
  );
  assert.match(sentence(0.95), /images 0 are higher\.$/);
  assert.match(sentence(0.75, published.slice(0, 1)), /; of the one published result on .* 0 are higher\.$/);
  assert.equal(
    sentence(null),
    "There is no mean AUC to be set beside the 3 published results on the same test images.",
  );
});
