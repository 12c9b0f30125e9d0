import { findingTitle } from "../dataset/finding_title.ts";
import type { FindingJudgement } from "../evaluation/finding_scale.ts";
import { probability as inPercent } from "../support/decimals.ts";
import { printable } from "../support/printable.ts";

/** A finding as people write it, whatever the file that named it has in it. */
export function shownFinding(finding: string): string {
  return findingTitle(printable(finding));
}

/** A finding's probability beside that of its threshold; where there is none, its score. */
export function inShort(judgement: FindingJudgement): string {
  const { finding, probability, threshold, score, scoreThreshold } = judgement;
  if (probability === null) {
    const limit = scoreThreshold === null ? "" : ` (threshold ${scoreThreshold.toPrecision(2)})`;
    return `${shownFinding(finding)} score ${score.toPrecision(2)}${limit}`;
  }
  const limit = threshold === 1 || threshold === null ? "" : ` (threshold ${inPercent(threshold)})`;
  return `${shownFinding(finding)} ${inPercent(probability)}${limit}`;
}
