import { type Entry, truthOf, UNKNOWN } from "../dataset/entry.ts";
import type { Predictions } from "./predictions.ts";

/**
 * Predicts findings from the patient's number alone: each score is the fraction of the patient's training images that
 * have the finding, drawn towards the prevalence as if one more image had it. It has learnt nothing that helps a new
 * patient, so its AUC is exactly .5 in a split by patient; what it reaches beyond that, a split lets a network reach
 * by recognising patients.
 *
 * @param test The test set, whose images and order the predictions take over.
 */
export function predictFromPatient(
  training: readonly Entry[],
  test: readonly Entry[],
  { labels }: { labels: readonly string[] },
): Predictions {
  const all = tally(training, labels);
  const imagesOf = Map.groupBy(training, ({ patient }) => patient);
  return {
    labels,
    images: test.map(({ image }) => image),
    patients: test.map(({ patient }) => patient),
    truth: Uint8Array.from(test.flatMap((entry) => labels.map((label) => truthOf(entry, label)))),
    scores: Float64Array.from(test.flatMap(({ patient }) => {
      const seen = tally(imagesOf.get(patient) ?? [], labels);
      return labels.map((_, label) => {
        const prevalence = shareOf(all[label]!);
        const { positives, known } = seen[label]!;
        return known === 0 ? prevalence : (positives / known * known + prevalence) / (known + 1);
      });
    })),
  };
}

/** How many images of known ground truth there are for each finding, and how many of them have it. */
function tally(entries: readonly Entry[], labels: readonly string[]): { positives: number; known: number }[] {
  return labels.map((label) => {
    const truth = entries.map((entry) => truthOf(entry, label)).filter((value) => value !== UNKNOWN);
    return { positives: truth.filter((value) => value === 1).length, known: truth.length };
  });
}

/** The fraction of positives; 0 where nothing is known. */
function shareOf({ positives, known }: { positives: number; known: number }): number {
  return known === 0 ? 0 : positives / known;
}
