// Shows how often intervals of heat maps' similarity and of their gains over random maps hold the true value, and how often
// the sanity check comes to which verdict, by simulation. Prints tables.
//
//     deno run -A tests/oracles/faithfulness_coverage.ts
import { type CheckedMap, SAME_MAP, summariseFaithfulness } from "../../lib/evaluation/faithfulness.ts";
import { type Random, random } from "../../lib/support/random.ts";

const DRAWS = 2000;

/** What a single map's similarity is drawn from: its mean and how it strays, within -1 and 1. */
const SHAPES: Readonly<Record<string, (mean: number, stream: Random) => number>> = {
  narrow: (mean, { uniform }) => mean + 0.2 * (uniform() - 0.5),
  wide: (mean, { uniform }) => mean + 1.2 * (uniform() - 0.5),
  "two kinds": (mean, { uniform }) => uniform() < 0.5 ? mean - 0.4 : mean + 0.4,
};

/** How often the interval of the mean similarity, and of the gain, held the truth, and which verdicts there were. */
export function simulate(
  { maps, mean, shape }: { maps: number; mean: number; shape: string },
  draws = DRAWS,
) {
  const stream = random(0, "faithfulness", maps, mean, shape);
  const drawn = SHAPES[shape]!;
  const gain = 0.1;
  const held = { similarity: 0, gain: 0 };
  const verdicts = { passed: 0, unclear: 0, failed: 0 };
  for (let draw = 0; draw < draws; draw++) {
    const made = (own: boolean) =>
      Array.from({ length: maps }, (_, i): CheckedMap => {
        const score = 0.4 + 0.6 * (stream.uniform() - 0.5);
        return {
          patient: String(i),
          deletion: score - (own ? gain : 0),
          insertion: score,
          road: 0,
          similarity: own ? [{ spearman: drawn(mean, stream), ssim: null }] : [],
        };
      });
    const { methods: [own] } = summariseFaithfulness([
      { method: "grad-cam", stages: [1], checked: made(true) },
      { method: "random", stages: [], checked: made(false) },
    ], { layers: 1, networks: 1, steps: 10, removed: [] });
    const { interval } = own!.randomisation[0]!.spearman!;
    held.similarity += Number(interval!.low <= mean && mean <= interval!.high);
    const { interval: gained } = own!.gains!.deletion;
    held.gain += Number(gained!.low <= -gain && -gain <= gained!.high);
    verdicts[own!.sanity!]++;
  }
  const share = (count: number) => Number((count / draws).toFixed(3));
  return {
    similarity: share(held.similarity),
    gain: share(held.gain),
    passed: share(verdicts.passed),
    unclear: share(verdicts.unclear),
    failed: share(verdicts.failed),
  };
}

if (import.meta.main) {
  console.log(`A map counts as the same from a rank correlation of ${SAME_MAP} on.`);
  console.table(
    [3, 12, 50].flatMap((maps) =>
      [0, 0.3, 0.6].flatMap((mean) =>
        Object.keys(SHAPES).map((shape) => ({ maps, mean, shape, ...simulate({ maps, mean, shape }) }))
      )
    ),
  );
}
