import assert from "node:assert/strict";
import { join } from "node:path";
import { historyCsv } from "../../lib/training/history.ts";
import {
  adoptRun,
  checkCheckpoints,
  checkRunFile,
  checkRunToRead,
  checkRunToWrite,
} from "../../lib/training/check_run.ts";
import { type RunFolder, runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { historyRow } from "./_history.ts";

const FINDINGS = ["Mass", "Nodule"];
const CONFIG = { version: 2, findings: FINDINGS };
const WAY_OUT = "put it back from a copy, or start anew in another folder";

/** A run folder of three epochs; what is in its checkpoints does not matter here. */
async function runOfThree(): Promise<{ run: RunFolder } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const run = runFolder(join(folder.path, "run"));
  const epochs = [1, 2, 3];
  await writeRunFiles(run, {
    [run.config]: "{}",
    [run.split]: "image,patient,set\n",
    ...Object.fromEntries(epochs.map((epoch) => [run.checkpoint(epoch), `weights ${epoch}`])),
    [run.optimizer(3)]: "state",
    [run.history]: historyCsv(epochs.map((epoch) => historyRow({ epoch, auc: [0.5, 0.5] })), FINDINGS),
    [run.report]: "<html>",
  });
  return { run, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

Deno.test("a run that is as it was written passes", async () => {
  await using folder = await runOfThree();
  const { run } = folder;
  await Deno.writeTextFile(join(run.dir, "notes.txt"), "mine");
  assert.deepEqual(await checkRunToRead(run, CONFIG), []);
  await checkCheckpoints(run, CONFIG);
  await checkRunFile(run, run.history);
});

Deno.test("what was changed or is missing is named, with what to do", async () => {
  await using folder = await runOfThree();
  const { run } = folder;
  for (const path of [run.config, run.split, run.checkpoint(2), run.optimizer(3), run.history]) {
    const content = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, content + " ");
    const changed =
      `${path}: is not as it was written (by its SHA-256): damaged, or changed since: ${WAY_OUT}`;
    await assert.rejects(checkRunToRead(run, CONFIG), { name: "InputError", message: changed });
    await assert.rejects(checkRunFile(run, path), { name: "InputError", message: changed });
    await Deno.remove(path);
    const missing = `${path}: is missing, and was written: ${WAY_OUT}`;
    await assert.rejects(checkRunToRead(run, CONFIG), { name: "InputError", message: missing });
    await Deno.writeTextFile(path, content);
  }
  await Deno.writeTextFile(run.report, "<html>my notes");
  assert.deepEqual(await checkRunToRead(run, CONFIG), [
    `${run.report}: is not as it was written (by its SHA-256): damaged, or changed since`,
  ]);
  await assert.rejects(checkRunToWrite(run, CONFIG, { overwrite: false }), {
    name: "InputError",
    message: `${run.report}: is not as it was written (by its SHA-256): damaged, or changed since: ` +
      "move it away, or have it written anew with --overwrite",
  });
  await checkRunToWrite(run, CONFIG, { overwrite: true });
  await Deno.remove(run.report);
  await checkRunToWrite(run, CONFIG, { overwrite: false });
  await Deno.remove(join(run.dir, "SHA256SUMS"));
  await assert.rejects(checkRunToRead(run, CONFIG), {
    name: "InputError",
    message: `${join(run.dir, "SHA256SUMS")}: is missing, with the checksums of the run: ${WAY_OUT}`,
  });
});

Deno.test("a result that is missing or was changed can be made anew by the run", async () => {
  await using folder = await runOfThree();
  const { run } = folder;
  await writeRunFiles(run, { [run.metrics]: "{}" });
  const again = (flags: string) => `deno task train --run ${run.dir} ${flags} makes it anew`;
  await Deno.writeTextFile(run.metrics, "{ }");
  await assert.rejects(checkRunToRead(run, CONFIG), {
    name: "InputError",
    message: `${run.metrics}: is not as it was written (by its SHA-256): damaged, or changed since: ${
      again("--resume --overwrite")
    }`,
  });
  await Deno.remove(run.metrics);
  await assert.rejects(checkRunToRead(run, CONFIG), {
    name: "InputError",
    message: `${run.metrics}: is missing, and was written: ${again("--resume")}`,
  });
  await checkRunToWrite(run, CONFIG, { overwrite: false });
});

Deno.test("checkpoints have to be those of the history", async () => {
  await using folder = await runOfThree();
  const { run } = folder;
  await Deno.writeTextFile(run.checkpoint(4), "a process was killed before it wrote the history");
  await checkCheckpoints(run, CONFIG);
  await Deno.writeTextFile(run.checkpoint(5), "weights");
  await assert.rejects(checkCheckpoints(run, CONFIG), {
    name: "InputError",
    message: `${run.checkpoint(5)}: is newer than ${run.history}, which ends with epoch 3: ${WAY_OUT}`,
  });
  await Deno.remove(run.checkpoint(5));
  await Deno.remove(run.checkpoint(2));
  await assert.rejects(checkCheckpoints(run, CONFIG), {
    name: "InputError",
    message: `${run.checkpoint(2)}: is missing, though ${run.history} has its epoch: ${WAY_OUT}`,
  });
  await Deno.remove(run.history);
  await assert.rejects(checkCheckpoints(run, CONFIG), {
    name: "InputError",
    message: `${run.history}: is missing, though the run has checkpoints: ${WAY_OUT}`,
  });
});

Deno.test("a run of before there were checksums is taken as it is, which is said, and has them from then on", async () => {
  await using folder = await runOfThree();
  const { run } = folder;
  const before = await bitsOf(run.dir);
  await Deno.remove(join(run.dir, "SHA256SUMS"));
  const old = { ...CONFIG, version: 1 };
  assert.deepEqual(await checkRunToRead(run, old), [
    `${run.dir}: has no SHA256SUMS, as runs of older versions: whether its files are as they were written cannot be told`,
  ]);
  await adoptRun(run, old);
  assert.deepEqual(await bitsOf(run.dir), before);
  assert.deepEqual(await checkRunToRead(run, old), []);
});
