import assert from "node:assert/strict";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { writePhantoms } from "../../lib/phantom/write_phantoms.ts";
import { openTrainingData } from "../../lib/training/training_data.ts";
import { splitCsv } from "../../lib/dataset/split_file.ts";
import { exportWeights } from "../../lib/model/model.ts";
import { openTrainedRun } from "../../lib/notebook/open_trained_run.ts";
import { writeRunConfig } from "../../lib/training/run_config.ts";
import { runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { writeImages } from "../training/_images.ts";

Deno.test("a run that was not trained to its end is, one that was is only opened", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const images = join(folder, "phantoms");
    await writePhantoms(images, { images: 120, size: 64 });
    const given = { data: images, network: "resnet11v2", imageSize: 32, batchSize: 16, epochs: 2 };
    const settings = { ...checkSettings(given, "test"), data: images };
    const run = runFolder(join(folder, "run"));
    await writeRunConfig(run, { settings, findings: NIH_FINDINGS });
    {
      using data = await openTrainingData(settings);
      await writeRunFiles(run, { [run.split]: splitCsv(data.split) });
    }
    const work: string[] = [];
    using trained = await openTrainedRun(run.dir, {
      reporter: { onProgress: (name) => void work.push(name) },
    });
    assert.deepEqual([...new Set(work)], ["Training", "Validating"]);
    assert.deepEqual(trained.history.map(({ epoch }) => epoch), [1, 2]);

    const onProgress = () => assert.fail("nothing is left to do");
    using opened = await openTrainedRun(run.dir, { reporter: { onProgress } });
    assert.deepEqual(opened.history, trained.history);
    assert.deepEqual(opened.selection, trained.selection);
    assert.deepEqual(exportWeights(opened.model), exportWeights(trained.model));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Opens the run that is named, interrupts the training after its third step, and opens it again. */
const INTERRUPTED = `
import { openTrainedRun } from ${
  JSON.stringify(new URL("../../lib/notebook/open_trained_run.ts", import.meta.url).href)
};
let steps = 0;
const reporter = { onStep: () => ++steps === 3 ? Deno.kill(Deno.pid, "SIGINT") : undefined };
const error = await openTrainedRun(Deno.args[0], { reporter }).catch((error) => error);
const { history } = await openTrainedRun(Deno.args[0], { reporter: {} });
console.log(error.name, history.length);
`;

Deno.test("an interrupt ends the training of a run that is opened; opened again, it goes on", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeImages(join(folder, "images"), { images: 100 });
    const given = { network: "resnet11v2", imageSize: 32, batchSize: 16, epochs: 2 };
    const run = runFolder(join(folder, "run"));
    await Deno.mkdir(run.dir);
    await writeRunConfig(run, {
      settings: checkSettings({ ...given, data: join(folder, "images") }, "test"),
      findings: NIH_FINDINGS,
    });
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", INTERRUPTED, run.dir],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    assert.equal(decoder.decode(stdout), "AbortError 2\n", decoder.decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
