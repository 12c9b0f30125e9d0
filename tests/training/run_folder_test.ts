import assert from "node:assert/strict";
import { join } from "node:path";
import {
  checkFree,
  claimRun,
  removeDrafts,
  removeRun,
  runFolder,
  splitOf,
} from "../../lib/training/run_folder.ts";
import { bitsOf, temporaryFolder } from "../_folders.ts";

async function write(path: string): Promise<void> {
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(path, "some text");
}

Deno.test("checkFree() takes a folder that is missing, empty or holds drafts only", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(join(folder.path, "run"));
  await checkFree(run);
  await Deno.mkdir(run.dir);
  await checkFree(run);
  await write(`${run.config}.123.partial`);
  await checkFree(run);
  await write(join(run.dir, "thesis.txt"));
  await assert.rejects(checkFree(run), { name: "InputError", message: /run: not empty: .*--resume.*--run/ });
});

Deno.test("a run folder is for one process at a time", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(join(folder.path, "new", "run"));
  {
    using _claim = await claimRun(run);
    await assert.rejects(claimRun(run), {
      name: "InputError",
      message: /run: another process is at work on this run/,
    });
  }
  using _claim = await claimRun(run);
});

Deno.test("removeDrafts() removes what writing left unfinished and nothing else", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  const kept = [
    run.config,
    run.checkpoint(1),
    run.metrics,
    join(run.dir, "notes.partial"),
    join(run.gradCam, "Mass.png"),
  ];
  for (const path of kept) await write(path);
  const before = await bitsOf(run.dir);
  for (
    const path of [
      run.config,
      run.checkpoint(2),
      run.predictions("validation"),
      run.metrics,
      join(run.gradCam, "Mass.png"),
    ]
  ) {
    await write(`${path}.4711.partial`);
  }
  await removeDrafts(run);
  assert.deepEqual(await bitsOf(run.dir), before);
});

Deno.test("removeRun() removes a run without an epoch, but no file of the user", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(join(folder.path, "run"));
  for (const path of [run.config, run.split, run.checkpoint(1)]) await write(path);
  await removeRun(run);
  await assert.rejects(Deno.stat(run.dir), Deno.errors.NotFound);
  for (const path of [run.config, join(run.dir, "notes.txt")]) await write(path);
  await removeRun(run);
  assert.deepEqual(Object.keys(await bitsOf(run.dir)), ["notes.txt"]);
});

Deno.test("splitOf() does without a split only where there is no epoch", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  assert.deepEqual(splitOf(run), {});
  await write(run.history);
  assert.deepEqual(splitOf(run), { splitFile: run.split });
  await Deno.remove(run.history);
  await write(run.split);
  assert.deepEqual(splitOf(run), { splitFile: run.split });
});
