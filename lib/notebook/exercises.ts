import type { Box } from "../dataset/box.ts";
import { decimals, percent } from "../support/decimals.ts";
import { mean } from "../support/mean.ts";
import type { Exercise } from "./check_answer.ts";

/** How many images have a finding, and how many do not. */
export interface FindingCounts {
  /** The number of images with it. */
  positives: number;
  /** The number of images without it. */
  negatives: number;
}

/** A rectangle by its upper left corner and its sides, y downwards. */
export type Rectangle = Pick<Box, "x" | "y" | "width" | "height">;

/** Two rectangles: the outline of a heat map, and the bounding box of a finding. */
export interface Outlines {
  /** The outline of what a map shows. */
  heat: Rectangle;
  /** The bounding box. */
  box: Rectangle;
}

/** What a threshold gives, and how frequent a finding is made. */
export interface Screening {
  /** The fraction of the images with the finding that are called positive. */
  sensitivity: number;
  /** The fraction of the images without it that are not. */
  specificity: number;
  /** The fraction of the images that have it. */
  prevalence: number;
  /** The precision where the threshold was judged. */
  precision: number;
}

/** The exercises of the notebooks that a cell checks. */
export const EXERCISES: {
  /** Notebook 1: the mean accuracy of the majority-class baseline after undersampling. */
  accuracyOfKept: Exercise<{ kept: readonly FindingCounts[]; all: readonly FindingCounts[] }>;
  /** Notebook 2: the fraction of test images whose patient is known, where the test set is small. */
  leakOfSmallTest: Exercise<{ shared: number; images: number; sharedOfLarge: number; imagesOfLarge: number }>;
  /** Notebook 3: the weighted loss where the network answers 0.5 to everything. */
  lossOfHalf: Exercise<{ weights: readonly number[]; untrained: number }>;
  /** Notebook 5: the precision where the finding is rarer. */
  precisionAtPrevalence: Exercise<Screening>;
  /** Notebook 6: the IoU of two rectangles. */
  iouOfRectangles: Exercise<Outlines>;
  /** Notebook 7: the chosen threshold's expected number of false alarms. */
  falseAlarms: Exercise<{ specificity: number; sensitivity: number; images: number; prevalence: number }>;
} = {
  accuracyOfKept: {
    within: 0.0011,
    answer: ({ kept }) => accuracyOf(kept),
    why: ({ kept, all }) =>
      `It falls from ${percent(accuracyOf(all))} to ${
        percent(accuracyOf(kept))
      }, for of the easy answers there are ` +
      "fewer now. An accuracy is worth nothing without the prevalences that it was measured at.",
    mistakes: ({ all }) => [
      { answer: accuracyOf(all), why: "That is the accuracy on all images: count on those that were kept." },
      { answer: 1 - accuracyOf(all), why: "That is how often it is wrong, and on all images." },
    ],
  },
  leakOfSmallTest: {
    within: 0.011,
    answer: ({ shared, images }) => shared / images,
    why: ({ shared, images, sharedOfLarge, imagesOfLarge }) =>
      `${percent(shared / images, 0)} of them, beside ${
        percent(sharedOfLarge / imagesOfLarge, 0)
      } with the large test ` +
      "set: a smaller test set is no cure. The more images are left for training, the likelier it is that one of them " +
      "shows the patient.",
    mistakes: ({ shared, images }) => [
      { answer: 1 - shared / images, why: "That is the fraction whose patient is not in the training set." },
      { answer: shared, why: "That is their number: divide by that of the test images." },
    ],
  },
  lossOfHalf: {
    within: 0.0005,
    answer: ({ weights }) => mean(weights) * Math.log(2),
    why: ({ weights, untrained }) => {
      const half = mean(weights) * Math.log(2);
      return `Each answer costs its weight times ln 2. The untrained network's loss is ${
        untrained.toFixed(3)
      }: ` +
        (half < untrained
          ? "to know nothing and to say so is better than to be sure without a reason."
          : "this time, guesses that are sure happen to cost less than to say that one does not know.");
    },
    mistakes: ({ weights }) => [
      {
        answer: Math.log(2),
        why: "That is -log 0.5, the cross-entropy of one answer: the weights are missing.",
      },
      { answer: mean(weights), why: "That is the mean weight: what does one answer of 0.5 cost?" },
      {
        answer: mean(weights) * Math.log(2) * weights.length,
        why: "That is the sum: the loss is the mean over all answers.",
      },
      { answer: mean(weights) / 2, why: "The cost of an answer is -log p, and not 1 - p." },
    ],
  },
  precisionAtPrevalence: {
    within: 0.006,
    answer: precisionOf,
    why: (screening) => {
      const precision = precisionOf(screening);
      return `For each patient who is found, ${
        ((1 - precision) / precision).toFixed(0)
      } are alarmed for nothing. Sensitivity and specificity are as they were, and so is the AUC.`;
    },
    mistakes: ({ sensitivity, specificity, prevalence, precision }) => [
      { answer: precision, why: "That is the precision in the test set, at the test set's prevalence." },
      {
        answer: sensitivity,
        why: "That is the sensitivity: of those who have the finding, how many are called.",
      },
      {
        answer: sensitivity * prevalence,
        why:
          "That is the fraction of all patients who are found: divide by the fraction of all who are called.",
      },
      {
        answer: sensitivity / (sensitivity + 1 - specificity),
        why:
          "That would be right if half of the patients had the finding: weigh both kinds by how many there are.",
      },
    ],
  },
  iouOfRectangles: {
    within: 0.006,
    answer: (outlines) => overlap(outlines) / union(outlines),
    why: (outlines) =>
      `The common area is ${overlap(outlines)}, that of both together ${
        union(outlines)
      }. The IoBB of the same ` +
      `outline is ${
        decimals(overlap(outlines) / area(outlines.heat))
      }: it does not ask what of the box was missed.`,
    mistakes: (outlines) => [
      {
        answer: overlap(outlines) / area(outlines.heat),
        why: "That is the IoBB: divided by the area of the outline, and not by that of both together.",
      },
      {
        answer: overlap(outlines) / (area(outlines.heat) + area(outlines.box)),
        why: "The common area was counted twice in what you divided by.",
      },
      { answer: overlap(outlines), why: "That is the common area: divide it by that of both together." },
    ],
  },
  falseAlarms: {
    within: 0.51,
    answer: ({ specificity, images, prevalence }) => images * (1 - prevalence) * (1 - specificity),
    why: ({ sensitivity, images, prevalence }) =>
      `Beside them stand ${(images * prevalence * sensitivity).toFixed(1)} patients who are found and ${
        (images * prevalence * (1 - sensitivity)).toFixed(1)
      } who are missed.`,
    mistakes: ({ specificity, sensitivity, images, prevalence }) => [
      { answer: images * (1 - specificity), why: "Only those without the finding can be alarmed falsely." },
      { answer: images * prevalence * (1 - sensitivity), why: "Those are the patients who are missed." },
    ],
  },
};

function accuracyOf(counts: readonly FindingCounts[]): number {
  return mean(counts.map(({ positives, negatives }) => negatives / (positives + negatives)));
}

function precisionOf({ sensitivity, specificity, prevalence }: Screening): number {
  const found = sensitivity * prevalence;
  return found / (found + (1 - specificity) * (1 - prevalence));
}

function area({ width, height }: Rectangle): number {
  return width * height;
}

function overlap({ heat, box }: Outlines): number {
  const common = (from: number, length: number, otherFrom: number, otherLength: number) =>
    Math.max(0, Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom));
  return common(heat.x, heat.width, box.x, box.width) * common(heat.y, heat.height, box.y, box.height);
}

function union(outlines: Outlines): number {
  return area(outlines.heat) + area(outlines.box) - overlap(outlines);
}
