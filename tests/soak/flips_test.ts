import assert from "node:assert/strict";
import { join } from "node:path";
import { SUMS_FILE } from "../../lib/support/summed_folder.ts";
import { runFiles } from "../../lib/training/check_run.ts";
import { smallRun } from "../tasks/_small_run.ts";
import { flipBits, flippedRun, pathsIn } from "./flips.ts";

Deno.test("every file of a run has a checksum, and a flipped bit of it or of its image cache is found and the file named", async () => {
  await using run = await smallRun();
  const flipped = await flippedRun(run);
  const files = (await pathsIn(run.dir)).filter((path) => path !== join(run.dir, SUMS_FILE));
  assert.deepEqual((await runFiles(flipped.run)).sort(), files.sort());
  assert(files.some((path) => path.includes("tfevents")) && files.includes(join(run.dir, "provenance.json")));
  assert.deepEqual(await flipBits(flipped, { flips: 20, seed: 1 }), []);
  assert.equal([...Deno.readDirSync(flipped.cache.folder)].length, 1, "the cache is the run's");
});
