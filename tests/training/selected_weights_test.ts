import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { createModel, exportWeights } from "../../lib/model/model.ts";
import { networkNamed } from "../../lib/model/networks.ts";
import { checkpointFile } from "../../lib/training/checkpoint.ts";
import { runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { selectEpoch } from "../../lib/training/select_epoch.ts";
import { readSelectedWeights } from "../../lib/training/selected_weights.ts";
import { temporaryFolder } from "../_folders.ts";
import { historyRow } from "./_history.ts";

const FINDINGS = ["Mass", "Nodule"];

const history = [0.6, 0.8, 0.7].map((selectionMetric, i) => historyRow({ epoch: i + 1, selectionMetric }));

Deno.test("selectEpoch() takes the last epoch, and the epochs whose weights are averaged, where it is told to", () => {
  const last = selectEpoch(history, { selection: "last" });
  deepEqual(last, { epoch: 3, selectionMetric: 0.7, rule: "its place: it is the last" });
  const averaged = selectEpoch(history, { selection: "last", averagedEpochs: 2 });
  deepEqual([averaged.epoch, averaged.averaged], [3, [2, 3]]);
  match(averaged.rule, /the weights are the mean of epochs 2 to 3$/);
  // No epoch comes before the first.
  deepEqual(selectEpoch(history, { averagedEpochs: 5 }).averaged, [1, 2]);
  const alone = selectEpoch(history.slice(0, 1), { averagedEpochs: 5 });
  equal(alone.averaged, undefined);
  match(alone.rule, /there is no epoch before it whose weights to average$/);
});

Deno.test("readSelectedWeights() gives the mean of epochs' weights and running statistics", async () => {
  await using folder = await temporaryFolder();
  const run = runFolder(join(folder.path, "run"));
  const network = networkNamed("resnet11v2", { imageSize: 32, outputs: FINDINGS.length });
  const each: ReturnType<typeof exportWeights>[] = [];
  for (const epoch of [1, 2, 3]) {
    const model = createModel(network, { seed: epoch });
    each.push(exportWeights(model));
    await writeRunFiles(run, {
      [run.checkpoint(epoch)]: checkpointFile(model, { epoch, findings: FINDINGS }),
    });
    model.dispose();
  }
  const model = createModel(network, { seed: null });
  const selection = selectEpoch(history, { averagedEpochs: 2, selection: "last" });
  await readSelectedWeights(run, model, { selection, findings: FINDINGS });
  for (const [name, { data }] of exportWeights(model)) {
    const [second, third] = [1, 2].map((i) => each[i]!.get(name)!.data as Float32Array);
    deepEqual(data, second!.map((value, i) => Math.fround((value + third![i]!) / 2)), name);
  }
  await Deno.remove(run.checkpoint(2));
  await rejects(readSelectedWeights(run, model, { selection, findings: FINDINGS }), /epoch-02\.safetensors/);
  model.dispose();
});
