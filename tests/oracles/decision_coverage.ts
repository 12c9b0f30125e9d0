// Simulates how often the interval of a decision curve's gain holds the true one, 4,000 times in each of some situations,
// and prints a table. The true gain is that of 400,000 patients.
//
//     deno run -A tests/oracles/decision_coverage.ts
import { decisionCurve } from "../../lib/evaluation/decision_curve.ts";
import { indexPatients } from "../../lib/evaluation/patient_index.ts";
import { random } from "../../lib/support/random.ts";

const TIMES = 4000;
const THRESHOLDS = [0.05, 0.1, 0.2, 0.4];

/** Patients of several images, whose log odds of the finding the network knows but for noise. */
function drawn(patients: number, { visits, centre, uniform }: Situation & { uniform: () => number }) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const [truth, scores]: number[][] = [[], []];
  for (let patient = 0; patient < patients; patient++) {
    const own = normal();
    for (let visit = 0; visit < visits; visit++) {
      const logit = centre + 1.2 * own + 0.6 * normal();
      truth!.push(Number(uniform() < 1 / (1 + Math.exp(-logit))));
      scores!.push(1 / (1 + Math.exp(-logit - 0.8 * normal())));
    }
  }
  return { truth: truth!, scores: scores! };
}

interface Situation {
  patients: number;
  visits: number;
  centre: number;
}

const rows = [60, 200, 600].flatMap((patients) =>
  [1, 3].flatMap((visits) => [-3, -1].map((centre) => ({ patients, visits, centre })))
).flatMap((situation) => {
  const { uniform } = random(1, `decisions ${JSON.stringify(situation)}`);
  const curve = (patients: number) => {
    const label = drawn(patients, { ...situation, uniform });
    const index = indexPatients(label.truth.map((_, i) => Math.floor(i / situation.visits)));
    return decisionCurve(label, { patients: index, thresholds: THRESHOLDS });
  };
  const expected = curve(400_000)!;
  const counts = THRESHOLDS.map(() => ({ given: 0, held: 0, below: 0 }));
  for (let time = 0; time < TIMES; time++) {
    curve(situation.patients)?.forEach(({ gainInterval }, i) => {
      if (gainInterval === null) return;
      const { gain } = expected[i]!;
      counts[i]!.given++;
      counts[i]!.held += Number(gainInterval.low <= gain && gain <= gainInterval.high);
      counts[i]!.below += Number(gainInterval.low > gain);
    });
  }
  return counts.map(({ given, held, below }, i) => ({
    ...situation,
    threshold: THRESHOLDS[i],
    gain: expected[i]!.gain,
    given: given / TIMES,
    coverage: held / given,
    tooHigh: below / given,
  }));
});
console.table(rows);
