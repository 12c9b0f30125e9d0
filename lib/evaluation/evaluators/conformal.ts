import { conformalLimit, fewestPatients, fitConformal } from "../conformal.ts";
import { type Proportion, proportionOf } from "../proportion.ts";
import type { LabelContext } from "./label_context.ts";

/** The levels of the sets; those between are the points of an abstention curve. */
export const CONFORMAL_LEVELS = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99] as const;

/** Sets of one level: which answers are kept for an image, so that the true one is among them as often as the level says. */
export interface ConformalSets {
  /** The fraction of images with the finding, and of those without it, whose set is to have the true answer. */
  level: number;
  /** "Present" is in the set from this score on; null where it is in every set. */
  presentFrom: number | null;
  /** "Absent" is in the set up to this score; null where it is in every set. */
  absentUpTo: number | null;
  /** Of the images with the finding, the fraction whose set has "present". */
  coveredPositives: Proportion | null;
  /** Of the images without it, the fraction whose set has "absent". */
  coveredNegatives: Proportion | null;
  /** The fraction of the images whose set is both answers: the network abstains. */
  both: Proportion | null;
  /** The fraction of the images whose set is empty: unlike either class, and abstained from too. */
  neither: Proportion | null;
  /** Of the images with the finding that are decided, the fraction called absent; null where none is decided. */
  missed: Proportion | null;
  /** Of the images without it that are decided, the fraction called present. */
  falseAlarms: Proportion | null;
}

/** Conformal sets of a label. */
export interface LabelConformal {
  /** Null where the validation set has no images with the finding, or none without it. */
  conformal: {
    /** The number of validation patients with the finding, and of those without it. */
    patients: { present: number; absent: number };
    /** The highest level whose sets can leave out either answer with so few patients; null where there is none. */
    highestLevel: number | null;
    /** The sets by level. */
    sets: ConformalSets[];
  } | null;
}

/** Conformal sets that the validation set gives, and how they do on these images. */
export function labelConformal(context: LabelContext): LabelConformal {
  const { column: { truth, scores, weights }, patients, validation, level: sure } = context;
  const fitted = validation && fitConformal(validation.column, validation.patients);
  if (!fitted) return { conformal: null };
  const images = Array.from(truth.keys());
  const [positives, negatives] = [1, 0].map((kind) => images.filter((image) => truth[image] === kind)) as [
    number[],
    number[],
  ];
  const of = (images: number[], holds: (image: number) => boolean) =>
    proportionOf({ images, holds, weights, level: sure }, patients);
  const few = Math.min(fitted.present.patients, fitted.absent.patients);
  return {
    conformal: {
      patients: { present: fitted.present.patients, absent: fitted.absent.patients },
      highestLevel: CONFORMAL_LEVELS.findLast((level) => fewestPatients(level) <= few) ?? null,
      sets: CONFORMAL_LEVELS.map((level) => {
        const presentFrom = conformalLimit(fitted, "present", level);
        const absentUpTo = conformalLimit(fitted, "absent", level);
        const present = (image: number) => scores[image]! >= (presentFrom ?? -Infinity);
        const absent = (image: number) => scores[image]! <= (absentUpTo ?? Infinity);
        const isDecided = (image: number) => present(image) !== absent(image);
        return {
          level,
          presentFrom,
          absentUpTo,
          coveredPositives: of(positives, present),
          coveredNegatives: of(negatives, absent),
          both: of(images, (image) => present(image) && absent(image)),
          neither: of(images, (image) => !present(image) && !absent(image)),
          missed: of(positives.filter(isDecided), absent),
          falseAlarms: of(negatives.filter(isDecided), present),
        };
      }),
    },
  };
}
