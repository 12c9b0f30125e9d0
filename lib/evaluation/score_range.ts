/** What `describeScores` is told beside the scores. */
export interface DescribeScoresOptions {
  /** Whether they are said to be logits. */
  logits: boolean;
}

/**
 * Says what is unusual in a model's scores: findings with one or two values only, which are decisions, and scores that
 * are no probabilities, or none where logits are said to be.
 *
 * @param findings The L findings.
 * @param scores [n, L], row by row, as they are in the file.
 * @returns A sentence for each kind; none where all is as it should be.
 */
export function describeScores(
  findings: readonly string[],
  scores: Float64Array,
  { logits }: DescribeScoresOptions,
): string[] {
  const ranges = findings.map((finding, label) =>
    rangeOf(finding, scores, { label, labels: findings.length })
  );
  const shown = (chosen: readonly Range[]) => namesOf(chosen.map(({ finding }) => finding));
  const notes: string[] = [];
  const constant = ranges.filter(({ values }) => values === 1);
  if (constant.length > 0) notes.push(`One value in every row, which orders nothing: ${shown(constant)}.`);
  const decisions = ranges.filter(({ values }) => values === 2);
  if (decisions.length > 0 && scores.length > 2 * findings.length) {
    notes.push(
      `Two values only, so decisions and no scores; the ROC has one point between its ends: ${
        shown(decisions)
      }.`,
    );
  }
  const beyond = ranges.filter(({ low, high }) => low < 0 || high > 1);
  const low = Math.min(...beyond.map(({ low }) => low));
  const high = Math.max(...beyond.map(({ high }) => high));
  if (!logits && beyond.length > 0) {
    const remedy = low >= 0 && high <= 100
      ? "percent are to be divided by 100"
      : "--logits makes probabilities of logits";
    notes.push(
      `The scores of ${shown(beyond)} are no probabilities (${short(low)} to ${
        short(high)
      }): no calibration but Platt's ` +
        `scaling and isotonic regression (${remedy}).`,
    );
  }
  if (logits && beyond.length === 0) {
    notes.push("All scores are between 0 and 1 already, and --logits takes the sigmoid of them.");
  }
  return notes;
}

interface Range {
  finding: string;
  low: number;
  high: number;
  /** How many different values there are, three at most. */
  values: number;
}

function rangeOf(
  finding: string,
  scores: Float64Array,
  { label, labels }: { label: number; labels: number },
): Range {
  const values = new Set<number>();
  let [low, high] = [Infinity, -Infinity];
  for (let i = label; i < scores.length; i += labels) {
    const score = scores[i]!;
    low = Math.min(low, score);
    high = Math.max(high, score);
    if (values.size < 3) values.add(score);
  }
  return { finding, low, high, values: values.size };
}

function namesOf(findings: readonly string[]): string {
  const first = findings.slice(0, 5).join(", ");
  return findings.length <= 5 ? first : `${first} and ${findings.length - 5} more`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
