import { basename, resolve } from "node:path";
import { auc } from "../evaluation/auc.ts";
import type { FindingScale } from "../evaluation/finding_scale.ts";
import { labelColumn, readPredictions } from "../evaluation/predictions.ts";
import { thresholdCounts } from "../evaluation/threshold_counts.ts";
import type { LikenessReference } from "../evaluation/likeness.ts";
import type { Predictor } from "../runs/predictor.ts";
import { readReference } from "../runs/reference.ts";
import { toBase64 } from "./base64.ts";
import type { PageData, PageLikeness, PageScale } from "./page_data.ts";

/** Of how many validation images scores are kept, and of how many thresholds counts: a percentile is then right to 0.05. */
const MOST_SCORES = 2000;

/** What a page says of a run beside its weights and examples. */
export async function describeRun(
  { loaded, scales, warnings }: Predictor,
): Promise<Pick<PageData, "run" | "network" | "scales" | "warnings" | "likeness" | "modelCard">> {
  const { run, settings } = loaded;
  const { network: name, imageSize, pooling, dropout } = settings;
  const validation = await readPredictions(run.predictions("validation"));
  const likeness = (await readReference(run))?.likeness ?? null;
  return {
    run: basename(resolve(run.dir)),
    network: { name, imageSize, pooling, dropout },
    scales: scales.map((scale, label) => {
      const { truth, scores } = labelColumn(validation, label);
      return pageScale(scale, { truth, scores });
    }),
    warnings,
    likeness: likeness && pageLikeness(likeness),
    modelCard: await Deno.readTextFile(run.modelCard).catch(() => ""),
  };
}

function pageScale(
  { scores: rising, ...scale }: FindingScale,
  { truth, scores }: { truth: Uint8Array; scores: Float64Array },
): PageScale {
  const { thresholds, truePositives, falsePositives } = thresholdCounts(truth, scores);
  const kept = evenly(thresholds.length);
  return {
    ...scale,
    threshold: scale.threshold === Infinity ? "never" : scale.threshold,
    scores: toBase64(Float32Array.from(evenly(rising.length), (i) => rising[i]!)),
    auc: auc(truth, scores),
    thresholds: toBase64(Float32Array.from(kept, (i) => thresholds[i]!)),
    truePositives: toBase64(Uint32Array.from(kept, (i) => truePositives[i]!)),
    falsePositives: toBase64(Uint32Array.from(kept, (i) => falsePositives[i]!)),
  };
}

/** Indices among so many, the first and the last with them. */
function evenly(length: number): number[] {
  if (length <= MOST_SCORES) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: MOST_SCORES }, (_, i) => Math.round(i * (length - 1) / (MOST_SCORES - 1)));
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
