import assert from "node:assert/strict";
import { smallRun } from "../tasks/_small_run.ts";
import { flipBits, flippedRun } from "./flips.ts";

Deno.test("a flipped bit at random places of a run folder and its image cache is found, and the file named", async () => {
  await using run = await smallRun();
  const flipped = await flippedRun(run);
  assert.deepEqual(await flipBits(flipped, { flips: 20, seed: 1 }), []);
  assert.equal([...Deno.readDirSync(flipped.cache.folder)].length, 1, "the cache is the run's");
});
