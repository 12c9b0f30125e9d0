import assert from "node:assert/strict";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { planCases } from "../../lib/phantom/cases.ts";
import { drawPhantom } from "../../lib/phantom/draw_phantom.ts";
import { auc } from "../../lib/evaluation/auc.ts";
import { fitLogisticRegression } from "../../lib/evaluation/logistic_regression.ts";

const IMAGES = 1000;
const SIZE = 64;
const THUMBNAIL = 16;
const FEATURES = THUMBNAIL ** 2;

/** A 16x16 picture in 0..1, each pixel the mean of 4x4. */
function thumbnail(pixels: Uint8Array): Float64Array {
  const block = SIZE / THUMBNAIL;
  const small = new Float64Array(FEATURES);
  pixels.forEach((value, i) => {
    const [row, column] = [Math.floor(i / SIZE / block), Math.floor((i % SIZE) / block)];
    small[row * THUMBNAIL + column]! += value / 255 / block ** 2;
  });
  return small;
}

// On the default set of 4,800 images tests/oracles/phantom_difficulty.py does the same with scikit-learn.
Deno.test("a logistic regression on 16x16 thumbnails stays below a mean AUC of .75, yet above chance", () => {
  const cases = planCases(IMAGES, 1);
  const lastTrained = cases[Math.floor(0.75 * IMAGES)]!.patient;
  const features = cases.map((subject) => thumbnail(drawPhantom(subject, { seed: 1, size: SIZE }).pixels));
  const training = cases.flatMap(({ patient }, k) => patient <= lastTrained ? [k] : []);
  const test = cases.flatMap(({ patient }, k) => patient > lastTrained ? [k] : []);
  const trained = new Float64Array(training.flatMap((k) => [...features[k]!]));
  const areas = NIH_FINDINGS.map((label) => {
    const truth = (k: number) => Number(cases[k]!.labels.includes(label));
    const fit = fitLogisticRegression(trained, training.map(truth), { ridge: 1 })!;
    const scores = test.map((k) =>
      features[k]!.reduce((sum, x, i) => sum + x * fit.weights[i]!, fit.intercept)
    );
    return auc(test.map(truth), scores)!;
  });
  const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
  assert(mean < 0.75, `mean AUC ${mean}`);
  assert(mean > 0.55, `mean AUC ${mean}: the pictures hold no more than noise`);
});
