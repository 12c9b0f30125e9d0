import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { createHash } from "node:crypto";
import { countLabels } from "../../lib/dataset/label_counts.ts";
import type { Entry } from "../../lib/dataset/entry.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { undersample } from "../../lib/dataset/undersample.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { entriesOf } from "./_files.ts";
import { expected, NIH_METADATA, noNih } from "./_nih.ts";

/** Ten images with no finding, with one that has a mass before the first and after the last. */
function mixed(): Entry[] {
  const entries = entriesOf([12]);
  entries.forEach((entry, index) => entry.image = `${String(index).padStart(2, "0")}.png`);
  entries[0]!.labels = ["Mass"];
  entries[11]!.labels = ["Mass"];
  return entries;
}

const followUps = (entries: Entry[]) => entries.map(({ followUp }) => followUp);

Deno.test("undersample() keeps images with no finding at even steps", () => {
  assert.deepEqual(followUps(undersample(mixed(), { keepNormal: 0.2 })), [0, 5, 10, 11]);
  assert.deepEqual(followUps(undersample(mixed(), { keepNormal: 0.3 })), [0, 4, 7, 10, 11]);
  assert.deepEqual(followUps(undersample(mixed(), { keepNormal: 0 })), [0, 11]);
  assert.deepEqual(undersample(mixed(), { keepNormal: 1 }), mixed());
});

Deno.test("undersample() with a seed draws as many, in the same order, and another set for another seed", () => {
  const drawn = [1, 2, 3, 4, 5].map((seed) => followUps(undersample(mixed(), { keepNormal: 0.3, seed })));
  for (const kept of drawn) {
    assert.equal(kept.length, 5);
    assert.deepEqual([kept[0], kept[4]], [0, 11]);
    assert.deepEqual(kept, kept.toSorted((a, b) => a! - b!));
  }
  assert(new Set(drawn.map(String)).size > 1);
  assert.deepEqual(followUps(undersample(mixed(), { keepNormal: 0.3, seed: 1 })), drawn[0]);
});

Deno.test("undersample() refuses a wrong fraction and one that leaves nothing", () => {
  for (const keepNormal of [-0.1, 1.5, NaN]) {
    assert.throws(() => undersample(mixed(), { keepNormal }), InputError);
  }
  assert.throws(() => undersample(entriesOf([4]), { keepNormal: 0.2 }), InputError);
});

Deno.test("undersample() counts by name, whatever order the images come in", () => {
  const inOrder = undersample(mixed(), { keepNormal: 0.2 });
  const shuffled = undersample(mixed().reverse(), { keepNormal: 0.2 });
  assert.deepEqual(shuffled.reverse(), inOrder);
});

Deno.test({
  name: "undersample() keeps the original notebook's 63,831 of the NIH's images",
  ignore: noNih,
  fn: async () => {
    const entries = await readMetadata(NIH_METADATA);
    const kept = undersample(entries, { keepNormal: 0.2 });
    assert.equal(kept.length, 63_831);
    const hash = createHash("sha256").update(kept.map(({ image }) => image).join("\n")).digest("hex");
    assert.equal(hash, expected.undersampled.imagesHash);
    assert.deepEqual(
      countLabels(kept, NIH_FINDINGS).map(({ positives }) => positives),
      expected.undersampled.positives,
    );
    assert.equal(undersample(entries, { keepNormal: 0.2, seed: 1 }).length, 63_831);
  },
});
