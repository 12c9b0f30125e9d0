import { NIH_FINDINGS, type NihFinding } from "../dataset/nih_findings.ts";
import { random } from "../support/random.ts";
import type { PhantomCase } from "./cases.ts";

/** How far labels can be trusted. */
export interface LabelTrust {
  /** The fraction of the images with a finding that are labelled with it. */
  sensitivity: number;
  /** The fraction of the images labelled with a finding that have it (PPV). */
  predictiveValue: number;
}

const PNEUMOTHORAX: LabelTrust = { sensitivity: 0.458, predictiveValue: 0.458 };
const NODULE_OR_MASS: LabelTrust = { sensitivity: 0.423, predictiveValue: 0.563 };
const OPACITY: LabelTrust = { sensitivity: 0.509, predictiveValue: 0.72 };
/** The mean of those three. */
const NOT_AUDITED: LabelTrust = { sensitivity: 0.463, predictiveValue: 0.58 };

/**
 * How far the NIH's labels agree with three radiologists on 4,376 images, as `deno task audit-labels` prints it. Findings
 * that the radiologists were not asked about have the mean of those that they were.
 */
export const AUDITED_TRUST: Readonly<Record<NihFinding, LabelTrust>> = {
  Atelectasis: OPACITY,
  Cardiomegaly: NOT_AUDITED,
  Consolidation: OPACITY,
  Edema: OPACITY,
  Effusion: NOT_AUDITED,
  Emphysema: NOT_AUDITED,
  Fibrosis: NOT_AUDITED,
  Hernia: NOT_AUDITED,
  Infiltration: OPACITY,
  Mass: NODULE_OR_MASS,
  Nodule: NODULE_OR_MASS,
  Pleural_Thickening: NOT_AUDITED,
  Pneumonia: OPACITY,
  Pneumothorax: PNEUMOTHORAX,
};

/** The fraction of phantoms with each finding: the NIH's, or 4.5 % where that is higher. */
const PREVALENCE: Readonly<Record<NihFinding, number>> = {
  Atelectasis: 0.103,
  Cardiomegaly: 0.045,
  Consolidation: 0.045,
  Edema: 0.045,
  Effusion: 0.119,
  Emphysema: 0.045,
  Fibrosis: 0.045,
  Hernia: 0.045,
  Infiltration: 0.177,
  Mass: 0.052,
  Nodule: 0.056,
  Pleural_Thickening: 0.045,
  Pneumonia: 0.045,
  Pneumothorax: 0.047,
};

/** Label noise of a set. */
export interface LabelNoiseOptions {
  /** The set's seed. */
  seed: number;
  /** 0 to 1: the fraction of the way from labels that are always right to those that agree as the NIH's do. */
  strength: number;
}

/**
 * The labels that a case is given in place of its findings: a finding stays with the chance of its sensitivity, and an
 * image without it is labelled with it so often that the predictive value comes out. Each label of each image is drawn
 * apart, so errors neither persist from visit to visit nor go together, as a report's may.
 */
export function noisyLabels(subject: PhantomCase, { seed, strength }: LabelNoiseOptions): NihFinding[] {
  const stream = random(seed, "phantom label noise", subject.patient, subject.followUp);
  return NIH_FINDINGS.filter((finding) => {
    const { sensitivity, predictiveValue } = weakened(AUDITED_TRUST[finding], strength);
    const chance = stream.uniform();
    if (subject.labels.includes(finding)) return chance < sensitivity;
    const prevalence = PREVALENCE[finding];
    const falselyLabelled = prevalence * sensitivity * (1 - predictiveValue) / predictiveValue;
    return chance < falselyLabelled / (1 - prevalence);
  });
}

function weakened({ sensitivity, predictiveValue }: LabelTrust, strength: number): LabelTrust {
  return {
    sensitivity: 1 - strength * (1 - sensitivity),
    predictiveValue: 1 - strength * (1 - predictiveValue),
  };
}
