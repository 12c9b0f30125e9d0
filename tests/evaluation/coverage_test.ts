import assert from "node:assert/strict";
import { intervalOf } from "../../lib/evaluation/estimate.ts";
import { estimateAuc } from "../../lib/evaluation/estimate_auc.ts";
import { type Interval, percentileInterval } from "../../lib/evaluation/interval.ts";
import { normalTail } from "../../lib/evaluation/normal_distribution.ts";
import { eachImageAlone } from "../../lib/evaluation/proportion.ts";
import { resamplePatients } from "../../lib/evaluation/resample_patients.ts";
import { resampledAuc } from "../../lib/evaluation/resampled_auc.ts";
import { random } from "../../lib/support/random.ts";
import { type Cell, coverageOf, DESIGNS } from "./_coverage.ts";
import { readFixture } from "./_close.ts";

/** How often an interval of 95 % has to hold. */
const LEAST = 0.93;

interface Table {
  repetitions: number;
  cells: (Cell & { figures: Record<string, [given: number, held: number]> })[];
}

Deno.test("wherever an interval is given it holds in 93 % at least, by the stored simulations", async () => {
  const { repetitions, cells } = await readFixture<Table>("coverage.json");
  assert.ok(repetitions >= 2000);
  for (const design of DESIGNS) {
    for (const auc of [0.7, 0.8, 0.9, 0.95]) {
      const own = cells.filter((cell) => cell.design === design && cell.auc === auc);
      assert.deepEqual(own.map(({ positives }) => positives), [3, 5, 8, 12, 30, 100]);
    }
  }
  for (const { figures, ...cell } of cells) {
    assert.ok(
      "AUC, fixed" in figures && "mean AUC, fixed" in figures && "average precision, fixed" in figures,
    );
    for (const [name, [given, held]] of Object.entries(figures)) {
      assert.ok(given > 0.5 * repetitions, `${name} of ${JSON.stringify(cell)}: given ${given} times`);
      assert.ok(held >= LEAST * given, `${name} of ${JSON.stringify(cell)}: ${held} of ${given}`);
    }
  }
});

Deno.test("simulated anew, intervals of patients with several images hold too", () => {
  const coverage = coverageOf({ design: "weighted", auc: 0.9, positives: 8 }, { repetitions: 150, seed: 2 });
  assert.ok(Object.keys(coverage).length > 20);
  for (const [name, { given, held }] of Object.entries(coverage)) {
    // Of 150 that hold with .95, fewer than 133 do once in 1,000 times.
    assert.ok(given > 100 && held >= given * 133 / 150, `${name}: ${held} of ${given}`);
  }
});

Deno.test("the AUC's interval holds with five positives, where a percentile bootstrap does not", () => {
  const stream = random(3, "few positives");
  const shift = 2.326174;
  const area = 1 - normalTail(shift / Math.SQRT2);
  assert.ok(Math.abs(area - 0.95) < 1e-6);
  const held = { estimate: 0, bootstrap: 0 };
  const holds = (interval: Interval | null) =>
    Number(interval !== null && interval.low <= area && area <= interval.high);
  const truth = Uint8Array.from({ length: 85 }, (_, image) => Number(image < 5));
  const index = eachImageAlone(truth.length);
  for (let set = 0; set < 500; set++) {
    const scores = Float64Array.from(truth, (value) => shift * value + stream.normal());
    held.estimate += holds(intervalOf(estimateAuc({ truth, scores }, index)!));
    const areas = resampledAuc({ truth, scores }, index.ofImage);
    const drawn = resamplePatients(index.count, (counts) => areas(counts).auc, { resamples: 300, seed: set });
    held.bootstrap += holds(percentileInterval(Float64Array.from(drawn)));
  }
  assert.ok(held.estimate >= LEAST * 500, `${held.estimate} of 500`);
  assert.ok(held.bootstrap < 0.8 * 500, `by percentiles ${held.bootstrap} of 500`);
});
