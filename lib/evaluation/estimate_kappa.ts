import { type Clusters, clustersOf } from "./clusters.ts";
import { type Estimate, estimate, intervalOf } from "./estimate.ts";
import type { Interval, IntervalOptions } from "./interval.ts";
import type { PatientIndex } from "./patient_index.ts";

/** An agreement beyond chance with its interval. */
export interface Kappa extends Interval {
  /** Cohen's kappa, -1 to 1: 0 is what chance gives, 1 is agreement on every image. */
  value: number;
}

/** Two yes-or-no judgements of n images. */
export interface Judgements {
  /** [n] 1 or 0. */
  first: ArrayLike<number>;
  /** [n] 1 or 0. */
  second: ArrayLike<number>;
}

/**
 * Cohen's kappa (1960) of two judgements of images of which patients may have several, with its interval
 * ({@linkcode estimateKappa}). Null where one of the two is the same for every image, as kappa is undefined or 0 by force
 * there, or where fewer than three patients have a yes, or a no, of either.
 */
export function kappaOf(
  judgements: Judgements,
  patients: PatientIndex,
  options: IntervalOptions = {},
): Kappa | null {
  const half = estimateKappa(judgements, patients);
  const interval = half && intervalOf(half, options);
  return interval && { value: 2 * half.value - 1, low: 2 * interval.low - 1, high: 2 * interval.high - 1 };
}

/**
 * (1 + kappa) / 2, which lies between 0 and 1 as other figures do, with its variance: that of Fleiss, Cohen and Everitt
 * ("Large Sample Standard Errors of Kappa and Weighted Kappa", 1969), summed over patients. What is known beforehand is
 * a mixture of two variances, of a table to each cell of which half a patient is added: the same, were all images of a
 * patient alike, and for a quarter that of a proportion of the patients who have a yes (or a no, where those are fewer); with
 * these weights intervals hold in tests/oracles/kappa_coverage.ts. Null where one of the two judgements is the same for
 * every image.
 */
export function estimateKappa({ first, second }: Judgements, index: PatientIndex): Estimate | null {
  const n = first.length;
  const cells = [0, 0, 0, 0];
  for (let image = 0; image < n; image++) cells[2 * first[image]! + second[image]!]!++;
  const [neither, onlySecond, onlyFirst, both] = cells as FourCells;
  if (both + onlyFirst === 0 || both + onlySecond === 0) return null;
  if (neither + onlyFirst === 0 || neither + onlySecond === 0) return null;
  const { value, effects } = kappaOfTable(cells as FourCells);
  const influence = new Float64Array(index.count);
  for (let image = 0; image < n; image++) {
    influence[index.ofImage[image]!]! += effects[2 * first[image]! + second[image]!]! / n / 2;
  }
  const [no, yes] = [0, 1].map((kind) =>
    clustersOf(
      Float64Array.from({ length: n }, (_, image) => Number(first[image] === kind || second[image] === kind)),
      index,
    )
  ) as [Clusters, Clusters];
  const few = yes.patients < no.patients ? yes : no;
  const { patients, effective } = clustersOf(new Float64Array(n).fill(1), index);
  const drawn = kappaOfTable(cells.map((count) => count * effective / n + 0.5) as FourCells);
  const half = (1 + drawn.value) / 2;
  return estimate({
    value: (1 + value) / 2,
    drawn: half,
    influence,
    variance: influence.reduce((sum, own) => sum + own * own, 0) * patients / Math.max(1, patients - 1),
    prior: 0.75 * drawn.variance / 4 / effective + 0.25 * half * (1 - half) / few.effective,
    patients: few.patients,
  });
}

/** Images by judgement: those with a no of both, of the first alone, of the second alone, of neither. */
type FourCells = [number, number, number, number];

/** Kappa of a table, by how much an image of each cell moves it (times the number of images), and the mean square of that. */
function kappaOfTable(cells: FourCells): { value: number; effects: FourCells; variance: number } {
  const [neither, onlySecond, onlyFirst, both] = cells;
  const n = neither + onlySecond + onlyFirst + both;
  const [p, q] = [(both + onlyFirst) / n, (both + onlySecond) / n];
  const observed = (both + neither) / n;
  const chance = p * q + (1 - p) * (1 - q);
  const value = (observed - chance) / (1 - chance);
  const effects = cells.map((_, cell) => {
    const [a, b] = [cell >> 1, cell & 1];
    const agreed = Number(a === b) - observed;
    const byChance = (a - p) * (2 * q - 1) + (b - q) * (2 * p - 1);
    return (agreed - (1 - value) * byChance) / (1 - chance);
  }) as [number, number, number, number];
  return {
    value,
    effects,
    variance: cells.reduce((sum, count, cell) => sum + count * effects[cell]! ** 2, 0) / n,
  };
}
