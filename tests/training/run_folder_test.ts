import assert from "node:assert/strict";
import { join } from "node:path";
import {
  checkFree,
  claimRun,
  isOlderOptimizer,
  removeRun,
  runFolder,
  splitOf,
  tidyRun,
  writeRunFiles,
} from "../../lib/training/run_folder.ts";
import { openDraftFolder } from "../../lib/support/draft_folder.ts";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { killedAtRenaming } from "../_kills.ts";

async function write(path: string): Promise<void> {
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(path, "some text");
}

Deno.test("checkFree() takes a folder that is missing, empty or where a process was killed before it wrote", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(join(folder.path, "run"));
  await checkFree(run);
  await Deno.mkdir(run.dir);
  await checkFree(run);
  const draft = await openDraftFolder(run.dir, { files: ["content"] });
  draft.leave();
  await killedAtRenaming(1, () => writeRunFiles(run, { [run.config]: "{}" }));
  assert.notDeepEqual(await bitsOf(run.dir), {});
  await checkFree(run);
  await write(`${run.config}.123.partial`);
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

Deno.test("tidyRun() removes what writing left unfinished and nothing else", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  const files = [run.config, run.checkpoint(1), run.metrics, join(run.gradCam, "Mass.png")];
  await writeRunFiles(run, Object.fromEntries(files.map((file) => [file, "text"])));
  for (const name of ["notes.partial", "config.json.4711.partial"]) await write(join(run.dir, name));
  const before = await bitsOf(run.dir);
  for (const file of [run.config, run.checkpoint(2), run.predictions("validation"), run.metrics]) {
    assert(await killedAtRenaming(1, () => writeRunFiles(run, { [file]: "new" })));
  }
  assert(Object.keys(await bitsOf(run.dir)).length > Object.keys(before).length);
  await tidyRun(run);
  assert.deepEqual(await bitsOf(run.dir), before);
});

Deno.test("removeRun() removes what the run wrote, but no file of the user", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(join(folder.path, "run"));
  const files = { [run.config]: "{}", [run.split]: "", [run.checkpoint(1)]: "weights" };
  await writeRunFiles(run, files);
  await removeRun(run);
  await assert.rejects(Deno.stat(run.dir), Deno.errors.NotFound);
  await writeRunFiles(run, files);
  for (const path of [join(run.dir, "notes.txt"), run.history, run.split]) await write(path);
  await removeRun(run);
  assert.deepEqual(Object.keys(await bitsOf(run.dir)).sort(), ["history.csv", "notes.txt", "split.csv"]);
});

Deno.test("only the optimizer's states of earlier epochs are older", () => {
  const run = runFolder("run");
  const isOlder = (file: string) => isOlderOptimizer(run, file, 11);
  const files = ["01", "9", "10", "11", "100"].flatMap((epoch) => [
    `checkpoints/epoch-${epoch}.safetensors`,
    `checkpoints/optimizer-${epoch}.safetensors`,
    `mine/optimizer-${epoch}.safetensors`,
  ]);
  assert.deepEqual(files.filter(isOlder), [
    "checkpoints/optimizer-01.safetensors",
    "checkpoints/optimizer-10.safetensors",
  ]);
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
