import { findingTitle } from "../dataset/finding_title.ts";
import type { FindingJudgement } from "../evaluation/finding_scale.ts";
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
  const limit = threshold === 1 || threshold === null ? "" : ` (threshold ${percent(threshold)})`;
  return `${shownFinding(finding)} ${percent(probability)}${limit}`;
}

/** A proportion in percent, with a digit more where it is small: `34 %`, `3.4 %`, `0.3 %`. */
export function percent(value: number | null): string {
  return value === null ? "-" : `${(100 * value).toFixed(value < 0.0995 ? 1 : 0)} %`;
}
