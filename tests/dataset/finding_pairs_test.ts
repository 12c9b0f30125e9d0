import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { countFindingPairs } from "../../lib/dataset/finding_pairs.ts";
import { readMetadata } from "../../lib/dataset/metadata.ts";
import { entriesOf } from "./_files.ts";
import { expected, NIH_METADATA, noNih } from "./_nih.ts";

Deno.test("countFindingPairs() counts each pair both ways, and single findings on the diagonal", () => {
  const entries = entriesOf([3]);
  entries[0]!.labels = ["Atelectasis", "Consolidation"];
  entries[1]!.labels = ["Consolidation"];
  const counts = countFindingPairs(entries, NIH_FINDINGS);
  assert.deepEqual(counts.slice(0, 3).map((row) => row.slice(0, 3)), [[1, 0, 1], [0, 0, 0], [1, 0, 2]]);
  assert.equal(counts.flat().length, 196);
});

Deno.test({
  name: "countFindingPairs() counts the NIH's pairs as numpy does",
  ignore: noNih,
  fn: async () =>
    assert.deepEqual(countFindingPairs(await readMetadata(NIH_METADATA), NIH_FINDINGS), expected.nih.pairs),
});
