// Simulates how often the interval of Cohen's kappa holds the true one, 4,000 times in each of some situations: patients
// with one image each, and with several that are alike. Prints a table and writes tests/fixtures/evaluation/kappa_coverage.json.
//
//     deno run -A tests/oracles/kappa_coverage.ts
import { kappaOf } from "../../lib/evaluation/estimate_kappa.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { random } from "../../lib/support/random.ts";

const TIMES = 4000;
const situations = [30, 100, 300].flatMap((patients) =>
  [1, 4].flatMap((visits) =>
    [0.1, 0.4].flatMap((prevalence) => [0.05, 0.25].map((wrong) => ({ patients, visits, prevalence, wrong })))
  )
);

/** The kappa of judgements of which the second is the first but for a fraction that is turned over. */
function trueKappa(p: number, wrong: number): number {
  const q = p * (1 - wrong) + (1 - p) * wrong;
  const chance = p * q + (1 - p) * (1 - q);
  return (1 - wrong - chance) / (1 - chance);
}

const rows = situations.map((situation) => {
  const { patients, visits, prevalence, wrong } = situation;
  const { uniform } = random(1, `kappa ${JSON.stringify(situation)}`);
  const index = indexPatients(Array.from({ length: patients * visits }, (_, i) => Math.floor(i / visits)));
  const truth = trueKappa(prevalence, wrong);
  let [held, given, width] = [0, 0, 0];
  for (let time = 0; time < TIMES; time++) {
    const [first, second]: number[][] = [[], []];
    for (let patient = 0; patient < patients; patient++) {
      // Three in four images of a patient repeat the patient's own pair of judgements.
      const draw = () => {
        const a = Number(uniform() < prevalence);
        return [a, uniform() < wrong ? 1 - a : a] as const;
      };
      const own = draw();
      for (let visit = 0; visit < visits; visit++) {
        const [a, b] = uniform() < 0.75 ? own : draw();
        first!.push(a);
        second!.push(b);
      }
    }
    const kappa = kappaOf({ first: first!, second: second! }, index);
    if (kappa === null) continue;
    given++;
    width += kappa.high - kappa.low;
    held += Number(kappa.low <= truth && truth <= kappa.high);
  }
  return { ...situation, kappa: truth, given: given / TIMES, coverage: held / given, width: width / given };
});
console.table(rows);
await Deno.writeTextFile(
  new URL("../fixtures/evaluation/kappa_coverage.json", import.meta.url),
  JSON.stringify({ times: TIMES, rows }, null, 1) + "\n",
);
