import { InputError } from "../support/input_error.ts";
import { aucByLabel } from "./auc.ts";
import { alignPredictions, comparePredictions, type Comparison } from "./compare.ts";
import { type Predictions, selectLabels } from "./predictions.ts";
import { summarise } from "./summary.ts";

/** One network of an ensemble, judged by itself. */
export interface EnsembleMember {
  /** Its name. */
  name: string;
  /** Its mean AUC over the labels that have one; null where none has. */
  meanAuc: number | null;
}

/** What several networks say together, and how much more that is worth than what the best of them says. */
export interface Ensemble {
  /** The mean of the members' scores, of the labels that all of them have. */
  predictions: Predictions;
  /** Labels that some of the members have and not all; nothing is said of them. */
  leftOut: string[];
  /** The members, in the order given. */
  members: EnsembleMember[];
  /** Members whose scores are all those of one before them, such as copies: the mean counts them once more. */
  copies: { name: string; of: string }[];
  /**
   * The member with the highest mean AUC, the first of several. It is found with the truth known, so that it is flattered and
   * the ensemble's lead is rather more than is shown.
   */
  best: string;
  /** The ensemble (first) against that member (second), on the same images: DeLong's test of patients. */
  comparison: Comparison;
}

/**
 * Brings networks' predictions of the same images together, by the mean of their scores, which have to be probabilities
 * (Lakshminarayanan, Pritzel and Blundell, 2017).
 *
 * @param members At least two predictions by name, in any order of images and labels.
 * @throws {InputError} Where they are of different images, have no label in common, or do not agree on what is true.
 */
export function ensembleOf(
  members: readonly (readonly [name: string, predictions: Predictions])[],
): Ensemble {
  const [first, ...others] = members;
  if (first === undefined || others.length === 0) throw new RangeError("An ensemble has two members or more");
  const labels = first[1].labels.filter((label) =>
    others.every(([, predictions]) => predictions.labels.includes(label))
  );
  if (labels.length === 0) {
    throw new InputError(`${members.map(([name]) => name).join(", ")}: have no finding in common`);
  }
  const named = new Set(members.flatMap(([, predictions]) => predictions.labels));
  const leftOut = [...named].filter((label) => !labels.includes(label));
  const [lead, ...rest] = members.map(([name, predictions]) => ({
    name,
    predictions: selectLabels(predictions, labels),
  }));
  const aligned = [
    lead!,
    ...rest.map(({ name, predictions }) => {
      const same = alignPredictions(lead!.predictions, predictions);
      if (same !== null) return { name, predictions: same };
      throw new InputError(`${name}: has scored other images than ${lead!.name}`);
    }),
  ];
  const all = aligned.map(({ predictions }) => predictions.scores);
  const scores = Float64Array.from(
    lead!.predictions.scores,
    (_, i) => all.reduce((sum, one) => sum + one[i]!, 0) / all.length,
  );
  const predictions = { ...lead!.predictions, scores };
  const judged = aligned.map((member) => ({
    ...member,
    meanAuc: summarise(aucByLabel(member.predictions)).mean,
  }));
  const copies = aligned.flatMap(({ name, predictions: { scores } }, i) => {
    const same = aligned.slice(0, i).find((other) =>
      scores.every((score, at) => score === other.predictions.scores[at])
    );
    return same ? [{ name, of: same.name }] : [];
  });
  const best = judged.reduce((best, other) => (other.meanAuc ?? 0) > (best.meanAuc ?? 0) ? other : best);
  return {
    predictions,
    leftOut,
    members: judged.map(({ name, meanAuc }) => ({ name, meanAuc })),
    copies,
    best: best.name,
    comparison: comparePredictions(predictions, best.predictions),
  };
}
