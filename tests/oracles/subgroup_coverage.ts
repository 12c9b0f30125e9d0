// Simulates how often intervals of rates of subgroups, and of their gaps, hold the true ones, 2,000 times in each of some
// situations: patients with several images, of two groups, a network that misses more in one of them. Prints a table.
//
//     deno run -A tests/oracles/subgroup_coverage.ts
import { plainEntry } from "../../lib/dataset/entry.ts";
import { RATE_NAMES } from "../../lib/evaluation/subgroup_rates.ts";
import { scoreSubgroups } from "../../lib/evaluation/subgroups.ts";
import { random } from "../../lib/support/random.ts";

const TIMES = 2000;
const THRESHOLD = 0.4;

interface Situation {
  patients: number;
  visits: number;
  centre: number;
}

/** A network's scores of patients of whom a third is of the group in which it is too low. */
function drawn(patients: number, { visits, centre, uniform }: Situation & { uniform: () => number }) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: patients }, (_, patient) => {
    const isWoman = patient % 3 === 0;
    const own = normal();
    return Array.from({ length: visits }, () => {
      const logit = centre + own + 0.5 * normal();
      const truth = Number(uniform() < 1 / (1 + Math.exp(-logit)));
      const score = 1 / (1 + Math.exp(-(logit + 1.5 * truth + normal() - (isWoman ? 0.6 : 0))));
      return { patient, isWoman, truth, score };
    });
  }).flat();
}

function rated(images: ReturnType<typeof drawn>) {
  const entries = images.map(({ patient, isWoman, truth }, i) => ({
    ...plainEntry(`${i}.png`, truth ? ["Mass"] : []),
    patient: String(patient),
    sex: isWoman ? "F" as const : "M" as const,
  }));
  const predictions = {
    labels: ["Mass"],
    images: entries.map(({ image }) => image),
    patients: entries.map(({ patient }) => patient),
    truth: Uint8Array.from(images, ({ truth }) => truth),
    scores: Float64Array.from(images, ({ score }) => score),
  };
  return scoreSubgroups(predictions, entries, {
    thresholds: [THRESHOLD],
    probabilities: [(score) => score],
  }).subgroups.find(({ value }) => value === "F")!.labels[0]!;
}

/** The true rates of women and their gaps, from many patients. */
function truth(images: ReturnType<typeof drawn>) {
  const of = (isWoman: boolean) => {
    const own = images.filter((image) => image.isWoman === isWoman);
    const mean = (some: typeof own, value: (image: typeof own[number]) => number) =>
      some.reduce((sum, image) => sum + value(image), 0) / some.length;
    return {
      sensitivity: mean(own.filter(({ truth }) => truth), ({ score }) => Number(score >= THRESHOLD)),
      specificity: mean(own.filter(({ truth }) => !truth), ({ score }) => Number(score < THRESHOLD)),
      calibration: mean(own, ({ truth, score }) => truth - score),
    };
  };
  return { women: of(true), men: of(false) };
}

console.table(
  [45, 150, 450].flatMap((patients) =>
    [1, 3].flatMap((visits) => [-3, -1].map((centre) => ({ patients, visits, centre })))
  ).flatMap((situation) => {
    const { uniform } = random(1, `subgroups ${JSON.stringify(situation)}`);
    const { women, men } = truth(drawn(300_000, { ...situation, uniform }));
    const counts = RATE_NAMES.map(() => ({ given: 0, held: 0, gaps: 0, heldGaps: 0 }));
    for (let time = 0; time < TIMES; time++) {
      const found = rated(drawn(situation.patients, { ...situation, uniform }));
      RATE_NAMES.forEach((rate, i) => {
        const [own, gap, count] = [found[rate], found.gaps[rate]?.interval, counts[i]!];
        if (own) {
          count.given++;
          count.held += Number(own.low <= women[rate] && women[rate] <= own.high);
        }
        if (gap) {
          const expected = women[rate] - men[rate];
          count.gaps++;
          count.heldGaps += Number(gap.low <= expected && expected <= gap.high);
        }
      });
    }
    return RATE_NAMES.map((rate, i) => {
      const { given, held, gaps, heldGaps } = counts[i]!;
      return {
        ...situation,
        rate,
        given: given / TIMES,
        coverage: held / given,
        gaps: gaps / TIMES,
        "coverage of gaps": heldGaps / gaps,
      };
    });
  }),
);
