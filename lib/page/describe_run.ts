import { basename, resolve } from "node:path";
import { auc } from "../evaluation/auc.ts";
import type { FindingScale } from "../evaluation/finding_scale.ts";
import { type LabelColumn, labelColumn } from "../evaluation/predictions.ts";
import { readPredictions } from "../evaluation/predictions_csv.ts";
import { thresholdCounts } from "../evaluation/threshold_counts.ts";
import type { LikenessReference } from "../evaluation/likeness.ts";
import type { Predictor } from "../runs/predictor.ts";
import { readReference } from "../runs/reference.ts";
import { readText } from "../support/read_text.ts";
import { withoutCopies } from "../training/test_time_copies.ts";
import { packSeries, toBase64 } from "./base64.ts";
import type { PageData, PageLikeness, PageScale } from "./page_data.ts";

/** Of how many validation images scores are kept: a percentile is then right to 0.1. */
const MOST_SCORES = 1000;

/** How many thresholds of a ROC curve are kept: the slider then moves by 0.2 % of the images. */
const MOST_THRESHOLDS = 500;

/** What is known of a finding without a validation set. */
const NOTHING: LabelColumn = {
  images: new Uint32Array(),
  truth: new Uint8Array(),
  scores: new Float64Array(),
};

/** What a page says of a run beside its weights and examples. */
export async function describeRun(
  { loaded, scales, warnings }: Predictor,
): Promise<
  Pick<PageData, "run" | "network" | "preparation" | "scales" | "warnings" | "likeness" | "modelCard">
> {
  const { run, settings, imported } = loaded;
  const { network: name, imageSize, pooling, dropout } = settings;
  const validation = imported ? null : await readPredictions(run.predictions("validation"));
  const likeness = (await readReference(run))?.likeness ?? null;
  return {
    run: basename(resolve(run.dir)),
    network: { name, imageSize, pooling, dropout },
    preparation: imported?.preparation ?? "squeezed",
    scales: scales.map((scale, label) =>
      pageScale(scale, validation ? labelColumn(validation, label) : NOTHING)
    ),
    warnings: [...warnings, ...withoutCopies(settings)],
    likeness: likeness && pageLikeness(likeness),
    modelCard: await readText(run.modelCard).catch(() => ""),
  };
}

function pageScale(
  { scores: rising, cumulative, ...scale }: FindingScale,
  { truth, scores, weights }: LabelColumn,
): PageScale {
  const { thresholds, truePositives, falsePositives, positives, negatives } = thresholdCounts(truth, scores, {
    weights,
  });
  const kept = evenly(thresholds.length, MOST_THRESHOLDS);
  const images = evenly(rising.length, MOST_SCORES);
  const floats = (indices: readonly number[], value: (i: number) => number) =>
    packSeries(Float32Array.from(indices, value));
  return {
    ...scale,
    threshold: scale.threshold === Infinity ? "never" : scale.threshold,
    scores: floats(images, (i) => rising[i]!),
    cumulative: floats(images, (i) => cumulative[i]!),
    auc: auc(truth, scores, { weights }),
    thresholds: floats(kept, (i) => thresholds[i]!),
    sensitivity: floats(kept, (i) => truePositives[i]! / positives),
    specificity: floats(kept, (i) => 1 - falsePositives[i]! / negatives),
  };
}

/** At most so many indices among `length`, the first and the last with them. */
function evenly(length: number, most: number): number[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, i) => count < 2 ? i : Math.round(i * (length - 1) / (count - 1)));
}

function pageLikeness({ channels, directions, layout, limits }: LikenessReference): PageLikeness {
  const largest = Float32Array.from(
    { length: directions.length / channels },
    (_, row) => directions.subarray(row * channels, (row + 1) * channels).reduce((a, b) => Math.max(a, b), 0),
  );
  const parts = Uint8Array.from(directions, (value, i) => {
    const most = largest[Math.floor(i / channels)]!;
    return most === 0 ? 0 : Math.round(255 * value / most);
  });
  return {
    channels,
    directions: toBase64(parts),
    largest: toBase64(largest),
    layout: toBase64(layout),
    limits,
  };
}
