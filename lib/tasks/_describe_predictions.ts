import { byExcess, type FindingJudgement, type FindingScale } from "../evaluation/finding_scale.ts";
import type { OperatingRule } from "../evaluation/operating_points.ts";
import { inShort, shownFinding } from "../runs/judgement_in_short.ts";
import type { PredictedImage, Predictor } from "../runs/predictor.ts";
import { counted, probability as inPercent } from "../support/decimals.ts";
import { printable } from "../support/printable.ts";
import { alignColumns } from "./_describe_metrics.ts";

/** How many findings a line about an image names. */
const MOST_NAMED = 4;

/** What is said of an image that is the only one: all findings, the furthest above its threshold first. */
export function describeImage(image: PredictedImage, { scales }: Predictor): string {
  const sorted = byExcess(image.judgements);
  if (scales.every(({ scores }) => scores.length === 0)) return describeScores(image, sorted);
  const scaleOf = new Map(scales.map((scale) => [scale.finding, scale]));
  const rows = sorted.filter(({ probability }) => probability !== null).map((judgement) => [
    `${judgement.isAbove ? "▲" : " "} ${shownFinding(judgement.finding)}`,
    inPercent(judgement.probability),
    judgement.threshold === 1 ? "never" : inPercent(judgement.threshold),
    inPercent(prevalenceOf(scaleOf.get(judgement.finding)!)),
    (100 * judgement.percentile!).toFixed(0),
  ]);
  const silent = sorted.filter(({ probability }) => probability === null);
  const header = ["  finding", "probability", "threshold", "prevalence", "percentile"];
  return [
    `${printable(image.file.name)}  ${describeSource(image)}`,
    ...image.warnings.map((warning) => `  warning: ${warning}`),
    "",
    ...(rows.length > 0 ? [alignColumns([header, ...rows])] : []),
    ...silent.map(({ finding }) =>
      `  ${shownFinding(finding)}: nothing can be said (${scaleOf.get(finding)!.reason})`
    ),
  ].join("\n");
}

/** The same where there is no validation set: raw scores beside the thresholds that came with the weights. */
function describeScores(image: PredictedImage, sorted: readonly FindingJudgement[]): string {
  const hasThresholds = sorted.some(({ scoreThreshold }) => scoreThreshold !== null);
  const rows = sorted.map(({ finding, score, scoreThreshold, isAbove }) => [
    `${isAbove ? "▲" : " "} ${shownFinding(finding)}`,
    score.toPrecision(3),
    ...(hasThresholds ? [scoreThreshold === null ? "-" : scoreThreshold.toPrecision(3)] : []),
  ]);
  return [
    `${printable(image.file.name)}  ${describeSource(image)}`,
    ...image.warnings.map((warning) => `  warning: ${warning}`),
    "",
    alignColumns([["  finding", "score", ...(hasThresholds ? ["threshold"] : [])], ...rows]),
  ].join("\n");
}

/** What the columns of {@linkcode describeImage} are. */
export function describeColumns(
  { loaded: { selection, imported }, scales }: Predictor,
  { rule }: { rule: OperatingRule },
): string {
  if (imported) {
    return [
      imported.thresholds === null
        ? "No thresholds came with these weights: a score is to be compared with those of other images only."
        : "▲ at its threshold or above it, as they came with the weights (--threshold chooses none of them).",
      "Score: the network's output, no probability: no validation set came with the weights to calibrate it on.",
      "Not for medical use.",
    ].join("\n");
  }
  const images = counted(scales[0]!.scores.length);
  return [
    `▲ at its threshold or above it: where ${ruleInWords(rule)} on the run's`,
    `${images} validation images (epoch ${selection.epoch}). Probability: Platt's scaling fitted on them, so it holds where findings`,
    "are as frequent as there (prevalence). Percentile: of 100 of them, how many score lower. Not for medical use.",
  ].join("\n");
}

/** What is said of an image among many, on one line. */
export function describeBriefly({ file, judgements, warnings }: PredictedImage): string {
  const sorted = byExcess(judgements);
  const isJudged = sorted.some(({ isAbove }) => isAbove !== null);
  const above = isJudged ? sorted.filter(({ isAbove }) => isAbove) : sorted;
  const named = above.slice(0, MOST_NAMED).map(inShort).join(", ");
  const more = above.length > MOST_NAMED ? ` and ${above.length - MOST_NAMED} more` : "";
  const findings = above.length === 0 ? "nothing above its threshold" : named + more;
  const doubts = warnings.length === 0 ? "" : `  (warning: ${warnings.join("; ")})`;
  return `${printable(file.name)}  ${findings}${doubts}`;
}

function describeSource({ source: { kind, width, height, tags } }: PredictedImage): string {
  const said = [tags?.view, tags?.age === null || tags === null ? null : `${tags.age} years`, tags?.sex];
  const known = said.filter((text) => text !== null && text !== undefined).map((text) => `, ${text}`).join(
    "",
  );
  return `${kind === "dicom" ? "DICOM" : kind.toUpperCase()}, ${width} x ${height}${known}`;
}

function prevalenceOf({ positives, negatives }: FindingScale): number {
  return positives / (positives + negatives);
}

function ruleInWords(rule: OperatingRule): string {
  switch (rule.rule) {
    case "youden":
      return "sensitivity + specificity is highest";
    case "f1":
      return "F1 is highest";
    case "sensitivity":
      return `${100 * rule.sensitivity} % of those with the finding are found`;
    case "cost":
      return `errors cost least, if a miss costs ${rule.costRatio} false alarms,`;
  }
}
