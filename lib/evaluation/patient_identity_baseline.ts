import type { Entry } from "../dataset/metadata.ts";
import type { Predictions } from "./predictions.ts";

/**
 * Predicts findings from the patient's number alone: each score is the share of the patient's training images that
 * have the finding, drawn towards the prevalence as if one more image had it. It has learnt nothing that helps a new
 * patient, so its AUC is exactly .5 in a split by patient; what it reaches beyond that, a split lets a network reach
 * by recognising patients.
 *
 * @param test The test part, whose images and order the predictions take over.
 */
export function predictFromPatient(
  training: readonly Entry[],
  test: readonly Entry[],
  { labels }: { labels: readonly string[] },
): Predictions {
  const prevalences = meanFindings(training, labels);
  const imagesOf = Map.groupBy(training, ({ patient }) => patient);
  return {
    labels,
    images: test.map(({ image }) => image),
    patients: test.map(({ patient }) => patient),
    truth: Uint8Array.from(test.flatMap((entry) => findingsOf(entry, labels))),
    scores: Float64Array.from(test.flatMap(({ patient }) => {
      const seen = imagesOf.get(patient) ?? [];
      const shares = meanFindings(seen, labels);
      return prevalences.map((prevalence, label) =>
        seen.length === 0 ? prevalence : (shares[label]! * seen.length + prevalence) / (seen.length + 1)
      );
    })),
  };
}

/** The share of the images that have each finding. */
function meanFindings(entries: readonly Entry[], labels: readonly string[]): number[] {
  const counts = labels.map((label) =>
    entries.filter((entry) => (entry.labels as readonly string[]).includes(label)).length
  );
  return counts.map((count) => count / entries.length);
}

function findingsOf(entry: Entry, labels: readonly string[]): number[] {
  return labels.map((label) => Number((entry.labels as readonly string[]).includes(label)));
}
