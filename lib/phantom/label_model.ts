import { NIH_FINDINGS, type NihFinding } from "../dataset/nih_findings.ts";
import type { Random } from "../support/random.ts";

/**
 * The chance of a set of labels is proportional to exp(sum of BIASES + sum of COUPLINGS of its pairs): a pairwise
 * (Ising) model fitted to the 112,120 rows of the NIH's metadata by tests/oracles/phantom_label_model.py. The biases
 * give each label its prevalence there, or 4.5 % where that is higher.
 */
const BIASES = [
  ...[-2.62, -3.37, -3.59, -3.8, -2.67, -3.4, -3.24],
  ...[-3.12, -1.87, -3.29, -3.03, -3.52, -3.75, -3.33],
];

/** Row i holds the couplings of label i with the labels after it. */
const COUPLINGS = [
  [-0.1, 1.0, -0.5, 1.1, 0.5, 0.3, 0.6, 0.5, 0.0, -0.3, 0.1, 0.6, 0.3],
  [0.1, 0.6, 1.6, -0.2, 0.3, 0.1, 0.0, -0.6, -0.4, 0.1, -0.1, -1.2],
  [0.3, 0.8, -0.1, 0.0, -0.3, 0.3, 0.9, 0.4, 0.3, 0.5, -0.2],
  [0.8, -0.3, -0.7, -0.1, 1.1, 0.0, -0.1, -0.3, 2.6, -1.1],
  [0.0, -0.2, -0.2, 0.7, 0.6, 0.1, 0.8, 0.1, 0.6],
  [-0.1, -0.1, 0.0, 0.5, -0.3, 0.5, -0.1, 2.2],
  [0.3, 0.2, 0.1, 0.5, 1.3, -0.3, -0.1],
  [-0.1, 0.6, -0.2, 0.0, 0.0, -0.1],
  [0.0, 0.4, 0.1, 0.9, -0.1],
  [1.1, 0.8, -0.1, 0.4],
  [0.7, -0.2, 0.1],
  [0.0, 0.5],
  [-0.4],
];

/** Logistic regression of AP (against PA) on the labels, from the same rows. */
const AP_INTERCEPT = -0.6;
const AP_WEIGHTS = [0.32, -0.02, 1.11, 2.29, 0.31, 0.08, -1.23, -1.28, 0.55, -0.14, -0.32, -0.61, 0.05, -0.2];

const SWEEPS = 20;
const RENEWED_BETWEEN_VISITS = 0.55;

/**
 * The findings of a patient's visits in order. The first set comes from 20 sweeps of Gibbs sampling; from one visit to
 * the next 55 % of the labels are drawn anew given the others, so that findings persist and every visit follows the
 * same distribution.
 */
export function drawLabelSets(visits: number, random: Random): NihFinding[][] {
  const present = NIH_FINDINGS.map(() => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let label = 0; label < NIH_FINDINGS.length; label++) redraw(present, label, random);
  }
  return Array.from({ length: visits }, (_, visit) => {
    if (visit > 0) {
      for (let label = 0; label < NIH_FINDINGS.length; label++) {
        if (random.uniform() < RENEWED_BETWEEN_VISITS) redraw(present, label, random);
      }
    }
    return NIH_FINDINGS.filter((_, label) => present[label] === 1);
  });
}

/** The view of an image with these findings: the sicker the patient, the more often AP, in bed. */
export function drawView(labels: readonly NihFinding[], random: Random): "AP" | "PA" {
  const logit = labels.reduce((sum, label) => sum + AP_WEIGHTS[NIH_FINDINGS.indexOf(label)]!, AP_INTERCEPT);
  return random.uniform() < logistic(logit) ? "AP" : "PA";
}

function redraw(present: number[], label: number, random: Random): void {
  let logit = BIASES[label]!;
  for (let other = 0; other < present.length; other++) {
    if (other !== label && present[other] === 1) logit += coupling(label, other);
  }
  present[label] = random.uniform() < logistic(logit) ? 1 : 0;
}

function coupling(a: number, b: number): number {
  const first = Math.min(a, b);
  return COUPLINGS[first]![Math.max(a, b) - first - 1]!;
}

function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
