import { clustersByTruth } from "./clusters.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { estimateAuc, priorVariance } from "./estimate_auc.ts";
import type { PatientIndex } from "./patient_index.ts";
import type { WeightedScores } from "./weighted_scores.ts";

/** Images whose scores compare with each other, such as those of one fold of a cross-validation. */
export interface Stratum extends WeightedScores {
  /** The images' patients, numbered alike in all strata; no patient is in two. */
  index: PatientIndex;
}

/**
 * The AUC of scores that compare within strata only: the fraction of the pairs of an image with the finding and one without
 * it, both of one stratum, that the scores put right. That is the mean of the strata's AUCs, each counting by its pairs
 * (LeDell, Petersen and van der Laan, Electronic Journal of Statistics 9, 2015, have it for folds of one size); the
 * variance is the sum of theirs, since they have no patient in common. A stratum without positives, or without
 * negatives, has no pairs. Null where no stratum has any.
 *
 * @throws {RangeError} When lengths differ or a score is NaN.
 */
export function estimateStratifiedAuc(strata: readonly Stratum[]): Estimate | null {
  const known = strata.flatMap((stratum) => {
    const own = estimateAuc(stratum, stratum.index);
    if (own === null) return [];
    const { positives, negatives } = clustersByTruth(stratum, stratum.index);
    return [{ own, positives, negatives, pairs: positives.weight * negatives.weight }];
  });
  if (known.length === 0) return null;
  const sum = (of: (stratum: typeof known[number]) => number) =>
    known.reduce((sum, stratum) => sum + of(stratum), 0);
  const pairs = sum((stratum) => stratum.pairs);
  const value = sum((stratum) => stratum.own.value * stratum.pairs / pairs);
  const influence = new Float64Array(known[0]!.own.influence.length);
  for (const stratum of known) {
    stratum.own.influence.forEach((moved, patient) => {
      influence[patient]! += moved * stratum.pairs / pairs;
    });
  }
  const effective = {
    positives: sum(({ positives }) => positives.effective),
    negatives: sum(({ negatives }) => negatives.effective),
  };
  const drawn = (value * effective.positives + 0.5) / (effective.positives + 1);
  return estimate({
    value,
    drawn,
    influence,
    variance: sum((stratum) => stratum.own.variance * (stratum.pairs / pairs) ** 2),
    prior: priorVariance(drawn, effective),
    patients: Math.min(
      sum(({ positives }) => positives.patients),
      sum(({ negatives }) => negatives.patients),
    ),
  });
}
