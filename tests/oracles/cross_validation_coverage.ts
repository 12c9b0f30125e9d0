// Simulates how often the interval of an AUC within five folds holds the true one, 2,000 times in each of some situations:
// patients with one image each, and with one to four that are alike; each fold's network scores higher or lower as a whole.
// Prints a table and writes tests/fixtures/evaluation/cross_validation_coverage.json.
//
//     deno run -A tests/oracles/cross_validation_coverage.ts
import { estimateStratifiedAuc } from "../../lib/evaluation/estimate_stratified_auc.ts";
import { intervalOf } from "../../lib/evaluation/estimate.ts";
import { normalQuantile } from "../../lib/evaluation/normal_distribution.ts";
import { random } from "../../lib/support/random.ts";

const TIMES = 2000;
const FOLDS = 5;
const situations = [1, 4].flatMap((images) =>
  [5, 8, 12, 30, 100].flatMap((positives) => [0.7, 0.8, 0.9, 0.95].map((auc) => ({ images, positives, auc })))
);

const rows = situations.map((situation) => {
  const { images, positives, auc } = situation;
  const { uniform, integer } = random(1, `cross-validation ${JSON.stringify(situation)}`);
  const gauss = () => normalQuantile(Math.max(1e-12, uniform()));
  const shift = Math.SQRT2 * normalQuantile(auc);
  let [held, given, width] = [0, 0, 0];
  for (let time = 0; time < TIMES; time++) {
    const patients = positives * 8;
    const folds = Array.from({ length: FOLDS }, () => ({
      truth: [] as number[],
      scores: [] as number[],
      ofImage: [] as number[],
      level: 3 * gauss(),
    }));
    for (let patient = 0; patient < patients; patient++) {
      const fold = folds[integer(FOLDS)]!;
      const truth = Number(patient < positives);
      const own = Math.sqrt(0.5) * gauss();
      for (let image = integer(images); image >= 0; image--) {
        fold.truth.push(truth);
        fold.scores.push(fold.level + shift * truth + own + Math.sqrt(0.5) * gauss());
        fold.ofImage.push(patient);
      }
    }
    const estimate = estimateStratifiedAuc(folds.map(({ truth, scores, ofImage }) => (
      { truth, scores, index: { ofImage: Uint32Array.from(ofImage), count: patients } }
    )));
    const interval = estimate && intervalOf(estimate);
    if (!interval) continue;
    given++;
    width += interval.high - interval.low;
    held += Number(interval.low <= auc && auc <= interval.high);
  }
  return { ...situation, given: given / TIMES, coverage: held / given, width: width / given };
});
console.table(rows);
const lines = rows.map((row) => " " + JSON.stringify(row));
await Deno.writeTextFile(
  new URL("../fixtures/evaluation/cross_validation_coverage.json", import.meta.url),
  `{"times": ${TIMES}, "rows": [\n${lines.join(",\n")}\n]}\n`,
);
