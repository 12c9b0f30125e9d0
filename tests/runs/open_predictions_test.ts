import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { splitCsv } from "../../lib/dataset/split_file.ts";
import { predictionsCsv, readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { openPredictions } from "../../lib/runs/open_predictions.ts";
import { openTrainedRun } from "../../lib/notebook/open_trained_run.ts";
import type { Reporter } from "../../lib/runs/reporter.ts";
import { writeRunConfig } from "../../lib/training/run_config.ts";
import { runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { openTrainingData } from "../../lib/training/training_data.ts";
import { writeImages } from "../training/_images.ts";

Deno.test("predictions are made where they are missing or older than the last epoch, else read", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const images = join(folder, "images");
    await writeImages(images);
    const given = { data: images, network: "resnet11v2", imageSize: 32, batchSize: 16, epochs: 1 };
    const settings = { ...checkSettings(given, "test"), data: images };
    const run = runFolder(join(folder, "run"));
    await writeRunConfig(run, { settings, findings: NIH_FINDINGS });
    {
      using data = await openTrainingData(settings);
      await writeRunFiles(run, { [run.split]: splitCsv(data.split) });
    }
    using opened = await openTrainedRun(run.dir, { reporter: {} });
    const { data } = opened;
    const counts: number[] = [];
    const counting: Reporter = { onProgress: (_, done) => void counts.push(done) };
    const made = await openPredictions(opened, { reporter: counting });
    assert.equal(counts.at(-1), data.split.validation.length + data.split.test.length);
    assert.deepEqual(made.test.images, data.split.test.map(({ image }) => image));
    assert.deepEqual(await readPredictions(run.predictions("validation")), {
      ...made.validation,
      labels: [...made.validation.labels],
    });

    const onProgress = () => assert.fail("nothing is left to do");
    const read = await openPredictions(opened, { reporter: { onProgress } });
    assert.deepEqual(read.test.scores, made.test.scores);
    assert.deepEqual(read.validation.truth, made.validation.truth);

    const checkpoint = (await stat(run.checkpoint(1))).mtimeMs;
    await Deno.utime(run.predictions("test"), new Date(checkpoint - 5000), new Date(checkpoint - 5000));
    counts.length = 0;
    await openPredictions(opened, { reporter: counting });
    assert.ok(counts.length > 0);

    await Deno.writeTextFile(run.predictions("test"), predictionsCsv(made.validation));
    await assert.rejects(openPredictions(opened), {
      name: "InputError",
      message: `${run.predictions("test")}: other images than the test set of ${run.split}`,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
