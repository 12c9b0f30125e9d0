import assert from "node:assert/strict";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { historyCsv, readHistory } from "../../lib/training/history.ts";
import { temporaryFolder } from "../_folders.ts";
import { historyRow } from "./_history.ts";

Deno.test("a history is read as it was written, undefined AUCs and all digits with it", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "history.csv");
  const history = [
    historyRow({ epoch: 1, meanAuc: null, selectionMetric: null, auc: NIH_FINDINGS.map(() => null) }),
    historyRow({ epoch: 2, trainingLoss: 1e-17 / 3, auc: NIH_FINDINGS.map((_, i) => i % 2 ? null : i / 14) }),
  ];
  await Deno.writeTextFile(file, historyCsv(history, NIH_FINDINGS));
  assert.deepEqual(await readHistory(file, NIH_FINDINGS), history);
  const text = historyCsv(history, NIH_FINDINGS).replace("selection_metric", "choice_metric");
  await Deno.writeTextFile(file, text);
  assert.deepEqual(await readHistory(file, NIH_FINDINGS), history, "as earlier versions wrote it");
});

Deno.test("readHistory() names the file, the row and what is wrong there", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "history.csv");
  await Deno.writeTextFile(
    file,
    historyCsv([historyRow({ epoch: 1 }), historyRow({ epoch: 2 })], NIH_FINDINGS),
  );
  const whole = await Deno.readTextFile(file);
  const cases: [RegExp | string, string, RegExp][] = [
    ["Hernia_auc", "Hernia", /history.csv, row 1: no column "Hernia_auc" in "epoch,/],
    [/^2,/m, "3,", /history.csv, row 3: epoch 3 where 2 has to come/],
    [/^2,14,/m, "2,many,", /history.csv, row 3: steps "many" is not a number/],
    [/^1,7,/m, "1,,", /history.csv, row 2: steps "" is not a number/],
    [/^2,.*\n/m, "2,14,0.00", /history.csv, row 3: 3 columns instead of 21/],
  ];
  for (const [from, to, message] of cases) {
    await Deno.writeTextFile(file, whole.replace(from, to));
    await assert.rejects(readHistory(file, NIH_FINDINGS), { name: "InputError", message });
  }
});
