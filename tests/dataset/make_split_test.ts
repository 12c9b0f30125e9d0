import assert from "node:assert/strict";
import { makeSplit } from "../../lib/dataset/make_split.ts";
import { splitByImage, splitByPatient } from "../../lib/dataset/split.ts";
import { entriesOf } from "./_files.ts";

const ENTRIES = entriesOf(Array(50).fill(4));

Deno.test("makeSplit() splits in the way that is named, with the test share that is given or the original's", async () => {
  const ways = { image: splitByImage, patient: splitByPatient } as const;
  for (const kind of ["image", "patient"] as const) {
    const usual = await makeSplit(ENTRIES, { kind, seed: 3 });
    assert.deepEqual(usual, ways[kind](ENTRIES, { seed: 3 }));
    assert.equal((await makeSplit(ENTRIES, { kind, seed: 3, test: 0.4 })).test.length, 80);
  }
  await assert.rejects(makeSplit(ENTRIES, { kind: "official", seed: 3 }), { name: "InputError" });
});
