import { sharedPatients } from "../dataset/shared_patients.ts";
import type { Split } from "../dataset/split.ts";
import { fewestPatients } from "../evaluation/conformal.ts";
import type { Interval } from "../evaluation/interval.ts";
import type { Metrics } from "../evaluation/metrics.ts";
import { type Rate, RATE_NAMES } from "../evaluation/subgroup_rates.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import type { Settings } from "../training/settings.ts";
import type { PublishedResult } from "./literature.ts";
import { between, counted, decimals, percent, signedDecimals } from "../support/decimals.ts";

/** A figure with its interval in brackets, where it has one. */
export function withInterval(value: number | null, interval: Interval | null): string {
  return decimals(value) + (interval ? ` (${between(interval)})` : "");
}

/** Those of some sentences that there are. */
export function present(...sentences: readonly (string | null)[]): string[] {
  return sentences.filter((sentence) => sentence !== null);
}

/** That some of so many labels have too few images for a sure AUC; `each` says which and why. */
export function smallNumbersInWords(few: number, labels: number, each: string): string {
  return `Small numbers: ${few} of ${labels} labels have too few images for a sure AUC (${each}).`;
}

/** How intervals are made. */
export function intervalsInWords({ intervals, labels, summary }: Metrics): string {
  return `Intervals of ${
    Number((100 * intervals.level).toPrecision(6))
  } % by patient: DeLong's variance for patients ` +
    "with several images (Obuchowski 1997), shrunk towards what is known of small samples; none with fewer than three " +
    `patients with or without a finding. The mean is over ${
      summary.defined === labels.length
        ? `all ${labels.length} labels`
        : `the ${summary.defined} of ${labels.length} labels that have an AUC`
    }.`;
}

/** What the weights of undersampled images are, and the mean AUC without them; null where there are none. */
export function weightingInWords({ weighting, unweighted, summary }: Metrics): string | null {
  if (weighting === null || unweighted === null) return null;
  const { mean, meanInterval } = unweighted.summary;
  return `Images with no finding were undersampled in this test set: each of the ${
    counted(weighting.images)
  } that were kept counts ${
    Number(weighting.highest.toPrecision(4))
  } times in every figure, for those that were left out. Unweighted, as the original notebook's figures are, the mean ` +
    `AUC is ${withInterval(mean, meanInterval)} instead of ${decimals(summary.mean)}.`;
}

/** How many test images are of patients whom the network was trained on; null where none is. */
export function leakageInWords(split: Split): string | null {
  const { testWithTraining } = sharedPatients(split);
  if (testWithTraining === 0) return null;
  const { length } = split.test;
  return `Data leakage: ${counted(testWithTraining)} of ${counted(length)} test images (${
    percent(testWithTraining / length, 0)
  }) are of patients who are in the training set too, which inflates the AUC: new patients will see a lower one.`;
}

/** What the classifier that sees no image reaches, and what the network has beyond it; null where there is none. */
export function metadataBaselineInWords({ baselines, summary }: Metrics): string | null {
  const baseline = baselines?.metadata;
  if (!baseline || baseline.meanAuc === null) return null;
  const { difference, differenceInterval } = baseline;
  const reached = `A classifier that sees only view, age, sex and visit reaches a mean AUC of ${
    withInterval(baseline.meanAuc, baseline.meanAucInterval)
  }, the network ${decimals(summary.mean)}. `;
  if (difference === null || differenceInterval === null) {
    return `${reached}Nothing tells whether the difference is more than chance.`;
  }
  const by = `${decimals(Math.abs(difference))} (95 % interval of the difference: ${
    between(differenceInterval)
  })`;
  if (differenceInterval.low > 0) {
    return `${reached}It is ahead by ${by}: that much, at least, comes from the images.`;
  }
  if (differenceInterval.high < 0) {
    return `${reached}It is behind by ${by}: it does worse with the image than others do without.`;
  }
  return `${reached}They differ by ${by}, which may be chance: nothing shows that the network has learnt more from the ` +
    "images than view, age, sex and visit tell.";
}

/** What is left when the labels are shuffled; null where that was not measured. */
export function shuffledInWords({ baselines }: Metrics): string | null {
  if (!baselines || baselines.shuffled.meanAuc === null) return null;
  const { shuffled, shuffledWithinStrata } = baselines;
  return `With shuffled labels the network's mean AUC is ${
    withInterval(shuffled.meanAuc, shuffled.meanAucInterval)
  }; it should be 0.5. Shuffled among images of the same view, sex and age it is ${
    withInterval(shuffledWithinStrata.meanAuc, shuffledWithinStrata.meanAucInterval)
  }: what exceeds 0.5 there comes from knowing those. In brackets: where 95 % of the shuffles lie.`;
}

/** Whether scores are probabilities, and which remedy makes them so; null where no score may be one. */
export function calibrationInWords({ labels }: Metrics): string | null {
  const known = labels.flatMap(({ name, calibration, expectedCalibrationErrorInterval: interval }) =>
    calibration.raw && interval
      ? [{ name, calibration, error: calibration.raw.expectedCalibrationError, interval }]
      : []
  );
  if (known.length === 0) return null;
  const sure = known.filter(({ interval }) => interval.low > 0).sort((a, b) => b.error - a.error);
  const methods = ["unweighted", "temperature", "platt", "isotonic"] as const;
  const meanOf = (method: typeof methods[number] | "raw") => {
    const errors = known.map(({ calibration }) => calibration[method]?.expectedCalibrationError ?? NaN);
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  };
  const [best] = methods.map((method) => ({ method, mean: meanOf(method) }))
    .filter(({ mean }) => !Number.isNaN(mean)).sort((a, b) => a.mean - b.mean);
  const raw = meanOf("raw");
  return (sure.length === 0
    ? "That the scores are no probabilities is not shown: every interval of the calibration error begins at 0."
    : `The scores of ${sure.length} of ${known.length} findings are not calibrated probabilities: the interval of the calibration ` +
      `error does not begin at 0 (the largest: ${findingTitle(sure[0]!.name)}, ${
        withInterval(sure[0]!.error, sure[0]!.interval)
      }).`) +
    (best === undefined
      ? ""
      : best.mean < raw
      ? ` The mean error over findings is ${decimals(raw)}, and ${
        decimals(best.mean)
      } after the best remedy ` +
        `(${best.method}).`
      : ` The mean error over findings is ${decimals(raw)}, and no remedy lowers it.`);
}

/** Whether thresholds that were chosen for a sensitivity on the validation set reach it; null where there are none. */
export function promisedSensitivityInWords({ labels }: Metrics): string | null {
  const points = labels.flatMap(({ name, operatingPoints }) =>
    operatingPoints.flatMap(({ rule, confusion }) =>
      rule.rule === "sensitivity" && confusion?.sensitivity
        ? [{ name, promised: rule.sensitivity, reached: confusion.sensitivity }]
        : []
    )
  );
  if (points.length === 0) return null;
  const { promised } = points[0]!;
  const kept = points.filter(({ reached }) => reached.value >= promised);
  const missed = points.filter(({ reached }) => reached.high < promised);
  const [lowest] = points.toSorted((a, b) => a.reached.value - b.reached.value);
  return `Of the thresholds that were chosen for a sensitivity of ${promised} on the validation set, ${kept.length} of ` +
    `${points.length} reach it here, and ${missed.length} ${
      missed.length === 1 ? "is" : "are"
    } below it by more than chance (the interval ends below it). The lowest sensitivity is ${
      withInterval(lowest!.reached.value, lowest!.reached)
    }, for ${findingTitle(lowest!.name)}.`;
}

/** At which thresholds findings' probabilities are of use; null where there are none. */
export function decisionsInWords({ labels }: Metrics): string | null {
  const known = labels.flatMap(({ name, decisions }) => decisions === null ? [] : [{ name, ...decisions }]);
  if (known.length === 0) return null;
  const useful = known.flatMap(({ name, curve }) => {
    const sure = curve.filter(({ gainInterval }) => gainInterval !== null && gainInterval.low > 0);
    const [first, last] = [sure.at(0), sure.at(-1)];
    return first && last ? [{ name, from: first.threshold, to: last.threshold, count: sure.length }] : [];
  }).toSorted((a, b) => b.count - a.count);
  const ofAll = `${useful.length} of ${known.length} findings`;
  if (useful.length === 0) {
    return "At no threshold is acting on the network's probabilities shown to be better than acting on all images or on " +
      "none: every interval of the gain reaches 0.";
  }
  const each = useful.slice(0, 3).map(({ name, from, to }) =>
    `${findingTitle(name)} ${from === to ? `at ${from}` : `between ${from} and ${to}`}`
  );
  return `For ${ofAll} there are thresholds at which acting on the network's probabilities is better than acting on all ` +
    `images and on none by more than chance (95 % interval by patient, threshold by threshold): ${
      each.join(", ")
    }${useful.length > 3 ? " and others" : ""}.`;
}

/** Which findings' sets leave something open at a level, and which have too few validation patients; null without sets. */
export function predictionSetsInWords({ labels }: Metrics, level: number): string | null {
  const known = labels.flatMap(({ name, conformal }) => conformal === null ? [] : [{ name, ...conformal }]);
  if (known.length === 0) return null;
  const least = fewestPatients(level);
  const few = known.filter(({ patients }) => Math.min(patients.present, patients.absent) < least);
  const enough = known.filter((label) => !few.includes(label)).map((label) => ({
    ...label,
    ...label.sets.find((sets) => sets.level === level)!,
  }));
  const below = enough.filter(({ coveredPositives: a, coveredNegatives: b }) =>
    (a !== null && a.high < level) || (b !== null && b.high < level)
  );
  const [surest] = enough.toSorted((a, b) => (a.both?.value ?? 1) - (b.both?.value ?? 1));
  const sentences = [
    few.length === 0
      ? ""
      : `Too few validation patients have ${
        few.map(({ name, patients: { present, absent } }) =>
          `${findingTitle(name)} (${Math.min(present, absent)})`
        )
          .join(", ")
      }: with fewer than ${least} nothing supports leaving that answer out of a set of ${
        100 * level
      } %, so every set has it.`,
    surest === undefined
      ? ""
      : `Of the ${enough.length} others the network is most certain about ${
        findingTitle(surest.name)
      }: both answers stay for ${percent(surest.both?.value ?? 1, 0)} of the images.`,
    enough.length === 0
      ? ""
      : below.length === 0
      ? "No coverage is below the level by more than chance (95 % intervals)."
      : `Coverage is below the level by more than chance for ${
        below.map(({ name }) => findingTitle(name)).join(", ")
      }: few validation patients set its limits, or these images are unlike theirs.`,
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

/** What a rate is called where it is compared. */
const COMPARED: Readonly<Record<Rate, string>> = {
  sensitivity: "mean sensitivity",
  specificity: "mean specificity",
  calibration: "frequency above the mean probability",
};

/** Which subgroups and intersections differ from the largest by more than chance; null where no difference has an interval. */
export function subgroupsInWords({ subgroups, intersections }: Metrics): string | null {
  const named = [
    ...(subgroups ?? []).map((group) => ({ name: `${group.attribute} ${group.value}`, rates: group.rates })),
    ...(intersections ?? []).map(({ attributes, values, rates }) => ({
      name: attributes.map((attribute, i) => `${attribute} ${values[i]}`).join(" and "),
      rates,
    })),
  ];
  const compared = [
    ...(subgroups ?? []).flatMap(({ attribute, value, difference, differenceInterval, differencePValue }) =>
      differencePValue === null ? [] : [{
        name: `${attribute} ${value}`,
        of: "mean AUC",
        difference: difference!,
        interval: differenceInterval!,
        pValue: differencePValue,
      }]
    ),
    ...named.flatMap(({ name, rates }) =>
      RATE_NAMES.flatMap((rate) => {
        const gap = rates[rate].gap;
        if (gap?.interval == null || gap.pValue === null) return [];
        const { difference, interval, pValue } = gap;
        return [{ name, of: COMPARED[rate], difference, interval, pValue }];
      })
    ),
  ];
  if (compared.length === 0) return null;
  const all = [...new Set(compared.map(({ of }) => of))];
  const sure = compared.filter(({ pValue }) => pValue < 0.05);
  const number = compared.length === 1 ? "the one comparison" : `${compared.length} comparisons`;
  if (sure.length === 0) {
    return `No subgroup's ${
      all.join(", ")
    } differs from that of the largest by more than chance (${number}, Holm's adjustment, 5 %).`;
  }
  const each = [...Map.groupBy(sure, ({ of }) => of)].map(([of, gaps]) =>
    `the ${of} differs from the largest subgroup's: ${
      gaps.map(({ name, difference, interval }) =>
        `${name} by ${signedDecimals(difference)} (${between(interval)})`
      )
        .join("; ")
    }`
  );
  return `With Holm's adjustment for ${number} ${each.join(". Also, ")}.`;
}

/** Which images with no finding were left out. */
export function undersamplingInWords({ keepNormal, undersample }: Settings): string {
  if (keepNormal === 1) return "No image was left out.";
  return `Of the images with no finding ${Number((100 * keepNormal).toPrecision(12))} % were kept, ` +
    (undersample === "training"
      ? "in the training set alone; validation and test set are as the data are."
      : "in all three sets.");
}

/** By how much the validation AUC of the chosen epoch is above the test AUC; null without a validation set. */
export function optimismInWords({ optimism }: Metrics): string | null {
  if (optimism === null || optimism.first === null || optimism.difference === null) return null;
  const { first, second, difference, interval, labels } = optimism;
  const reached =
    `Optimism: over the ${labels} labels that have an AUC on both, the mean validation AUC of these weights is ` +
    `${decimals(first)}, the mean test AUC ${decimals(second)}: a difference of ${
      signedDecimals(difference)
    }`;
  if (interval === null) return `${reached}, of which nothing tells whether it is more than chance.`;
  return `${reached} (${between(interval)}). ` +
    (interval.low > 0
      ? "The epoch was chosen on the validation set, which flatters it."
      : interval.high < 0
      ? "The test set is the easier one."
      : "That may be chance.");
}

/** How many published results on the same test images are higher than a mean AUC; a tie is not. */
export function literatureInWords(
  mean: number | null,
  published: readonly Pick<PublishedResult, "meanAuc">[],
  { unweighted }: { unweighted: boolean },
): string {
  const higher = published.filter(({ meanAuc }) => mean !== null && meanAuc > mean).length;
  const number = published.length === 1
    ? "the one published result"
    : `the ${published.length} published results`;
  return mean === null
    ? `There is no mean AUC to be set beside ${number} on the same test images.`
    : `The mean AUC here is ${decimals(mean)}${
      unweighted ? ", unweighted as in what was published" : ""
    }; of ${number} on the same test images ${higher} ${higher === 1 ? "is" : "are"} higher.`;
}
