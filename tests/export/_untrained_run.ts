import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { predictionsCsv } from "../../lib/evaluation/predictions_csv.ts";
import { createModel, exportWeights, importWeights } from "../../lib/model/model.ts";
import { random } from "../../lib/support/random.ts";
import { checkpointFile } from "../../lib/training/checkpoint.ts";
import { networkOf } from "../../lib/training/network_of.ts";
import { writeRunConfig } from "../../lib/training/run_config.ts";
import { runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { writeSelection } from "../../lib/training/select_epoch.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";

/** The finding that no validation image has, so that it has no calibration. */
export const UNCALIBRATED = "Edema";

/**
 * Writes a run folder that was never trained: initial weights, but with biases and statistics as various as after a
 * training, and made-up validation predictions of so many images.
 */
export async function makeRun(
  dir: string,
  given: Record<string, unknown>,
  { images = 60 }: { images?: number } = {},
): Promise<void> {
  const settings = checkSettings(given, "test");
  const run = runFolder(dir);
  const model = createModel(networkOf(settings, NIH_FINDINGS), settings);
  importWeights(
    model,
    new Map([...exportWeights(model)].map(([name, t]) => [name, varied(name, t)])),
    "test",
  );
  const labels = NIH_FINDINGS;
  const { uniform } = random(1, "predictions");
  const scores = Float64Array.from({ length: images * labels.length }, uniform);
  const truth = Uint8Array.from(
    scores,
    (score, i) => labels[i % labels.length] === UNCALIBRATED ? 0 : Number(uniform() < 0.6 * score),
  );
  const names = (start: string) => Array.from({ length: images }, (_, i) => `${start}${i}`);
  await writeRunConfig(run, { settings, findings: labels });
  await writeRunFiles(run, {
    [run.checkpoint(1)]: checkpointFile(model, { epoch: 1, findings: labels }),
    [run.predictions("validation")]: predictionsCsv({
      ...{ labels, images: names("image"), patients: names("patient"), truth, scores },
    }),
  });
  await writeSelection(run, { epoch: 1, selectionMetric: 0.5, rule: "test" });
  model.dispose();
}

function varied(name: string, { shape, data }: StoredTensor): StoredTensor {
  const { uniform } = random(1, name);
  const width = shape.length > 1 ? 0 : 0.3;
  return {
    dtype: "F32",
    shape,
    data: Float32Array.from(data as Float32Array, (x) => x + width * (uniform() - 0.5)),
  };
}
