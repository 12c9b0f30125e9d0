// Shows how often conformal sets have the true answer over 1,000 resampled splits by patient, beside crepes' on the same
// images (tests/oracles/conformal.py), and with `--run DIR` on a run's validation and test images thrown together, finding
// by finding. Prints tables.
//
//     deno run -A tests/oracles/conformal_coverage.ts --run data/runs/NAME
import { conformalPValue, fewestPatients, fitConformal } from "../../lib/evaluation/conformal.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { labelColumn } from "../../lib/evaluation/predictions.ts";
import { readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { random } from "../../lib/support/random.ts";
import { runFolder } from "../../lib/training/run_folder.ts";

const LEVELS = [0.7, 0.8, 0.9];

/** A label's images. */
export interface Pool {
  patient: readonly (number | string)[];
  truth: ArrayLike<number>;
  scores: ArrayLike<number>;
}

/**
 * [levels][without the finding, with it] How often the true answer is in the set of one image of each test patient and class,
 * where a half of the patients calibrates.
 */
export function resampledCoverage(
  { patient, truth, scores }: Pool,
  { levels = LEVELS, splits = 1000, seed = 0 } = {},
): number[][] {
  const { shuffle } = random(seed, "splits");
  const names = [...new Set(patient)];
  const held = levels.map(() => [0, 0]);
  const counted = [0, 0];
  for (let split = 0; split < splits; split++) {
    const calibrating = new Set(shuffle(names.slice()).slice(0, Math.floor(names.length / 2)));
    const images = [...patient.keys()];
    const inside = images.filter((i) => calibrating.has(patient[i]!));
    const conformal = fitConformal(
      { truth: inside.map((i) => truth[i]!), scores: inside.map((i) => scores[i]!) },
      indexPatients(inside.map((i) => patient[i]!)),
    );
    if (conformal === null) continue;
    const drawn = new Map(
      shuffle(images.filter((i) => !calibrating.has(patient[i]!))).map((
        i,
      ) => [`${patient[i]} ${truth[i]}`, i]),
    );
    for (const i of drawn.values()) {
      const kind = truth[i]!;
      const p = conformalPValue(conformal, kind ? "present" : "absent", scores[i]!);
      counted[kind]!++;
      levels.forEach((level, at) => held[at]![kind]! += Number(p > 1 - level + 1e-9));
    }
  }
  return held.map((kinds) => kinds.map((value, kind) => value / counted[kind]!));
}

if (import.meta.main) {
  const { pools } = JSON.parse(
    await Deno.readTextFile(new URL("../fixtures/evaluation/conformal.json", import.meta.url)),
  );
  const rounded = (value: number) => Number(value.toFixed(3));
  console.table(pools.flatMap((pool: Pool & { coverage: number[][] }, nth: number) => {
    const own = resampledCoverage(pool, { seed: nth });
    return LEVELS.flatMap((level, at) =>
      ["without", "with"].map((finding, kind) => ({
        images: nth === 0 ? "one a patient" : "several a patient",
        finding,
        level,
        thorax: rounded(own[at]![kind]!),
        crepes: rounded(pool.coverage[at]![kind]!),
      }))
    );
  }));
  const [flag, dir] = Deno.args;
  if (flag === "--run" && dir !== undefined) {
    const run = runFolder(dir);
    const sets = [
      await readPredictions(run.predictions("validation")),
      await readPredictions(run.predictions("test")),
    ];
    console.table(sets[0]!.labels.map((label, i) => {
      const columns = sets.map((set) => labelColumn(set, i));
      const pool = {
        patient: columns.flatMap(({ images }, s) => Array.from(images, (image) => sets[s]!.patients[image]!)),
        truth: columns.flatMap(({ truth }) => [...truth]),
        scores: columns.flatMap(({ scores }) => [...scores]),
      };
      const patients = new Set(pool.patient.filter((_, i) => pool.truth[i] === 1)).size;
      const [, , [without, having]] = resampledCoverage(pool) as [number[], number[], [number, number]];
      return {
        label,
        "patients with it": patients,
        "enough for 0.9": Math.floor(patients / 2) >= fewestPatients(0.9),
        "covered with it": rounded(having),
        "covered without": rounded(without),
      };
    }));
  }
}
