import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/support/input_error.ts";
import { readSelection, selectEpoch, writeSelection } from "../../lib/training/select_epoch.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import { temporaryFolder } from "../_folders.ts";
import { historyRow } from "./_history.ts";

function historyOf(...metrics: (number | null)[]) {
  return metrics.map((selectionMetric, i) => historyRow({ epoch: i + 1, selectionMetric }));
}

Deno.test("selectEpoch() takes the highest selection metric, and of equal ones the first", () => {
  assert.equal(selectEpoch(historyOf(0.6, 0.8, 0.7)).epoch, 2);
  assert.equal(selectEpoch(historyOf(0.6, 0.8, 0.8)).epoch, 2);
  assert.equal(selectEpoch(historyOf(0.6, 0.8, 0.8)).selectionMetric, 0.8);
  assert.equal(selectEpoch(historyOf(0.3)).epoch, 1);
});

Deno.test("selectEpoch() passes over epochs whose selection metric is undefined", () => {
  assert.equal(selectEpoch(historyOf(null, 0.2, null, 0.4)).epoch, 4);
});

Deno.test("selectEpoch() takes the lowest validation loss where no epoch has a selection metric", () => {
  const history = [0.5, 0.2, 0.2].map((validationLoss, i) =>
    historyRow({ epoch: i + 1, selectionMetric: null, validationLoss })
  );
  const { epoch, selectionMetric, rule } = selectEpoch(history);
  assert.equal(epoch, 2);
  assert.equal(selectionMetric, null);
  assert.match(rule, /lowest validation loss/);
});

Deno.test("selectEpoch() refuses a history without epochs", () => {
  assert.throws(() => selectEpoch([]), InputError);
});

Deno.test("a selection is read as it was written", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(folder.path);
  const selection = selectEpoch(historyOf(0.6, 0.1 + 0.7));
  await writeSelection(run, selection);
  assert.deepEqual(await readSelection(run.selection), selection);
  const { selectionMetric, ...others } = selection;
  await Deno.writeTextFile(run.selection, JSON.stringify({ ...others, choiceMetric: selectionMetric }));
  assert.deepEqual(await readSelection(run.selection), selection, "as earlier versions wrote it");
});

Deno.test("readSelection() names a file that is missing, no JSON or without an epoch", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "selection.json");
  await assert.rejects(readSelection(file), {
    name: "InputError",
    message: /selection.json is missing: .*--resume/,
  });
  for (
    const [text, message] of [["{", /selection.json, line 1: not JSON/], [
      "{}",
      /selection.json: epoch undefined/,
    ]] as const
  ) {
    await Deno.writeTextFile(file, text);
    await assert.rejects(readSelection(file), { name: "InputError", message });
  }
});
