import type { FindingScale } from "../../evaluation/finding_scale.ts";
import type { LikenessReference } from "../../evaluation/likeness.ts";
import { floatsFrom, fromBase64, unpackSeries } from "../base64.ts";
import type { PageLikeness, PageScale } from "../page_data.ts";

/** A finding's scale as the page carries it. */
export function scaleFrom(
  { finding, positives, negatives, reason, platt, threshold, scores, cumulative }: PageScale,
): FindingScale {
  return {
    finding,
    positives,
    negatives,
    reason,
    platt,
    threshold: threshold === "never" ? Infinity : threshold,
    scores: Float64Array.from(unpackSeries(scores)),
    cumulative: Float64Array.from(unpackSeries(cumulative)),
  };
}

/** What validation images are like, as the page carries it. */
export function likenessFrom(
  { channels, directions, largest, layout, limits }: PageLikeness,
): LikenessReference {
  const most = floatsFrom(largest);
  return {
    channels,
    directions: Float32Array.from(
      fromBase64(directions),
      (part, i) => part / 255 * most[Math.floor(i / channels)]!,
    ),
    layout: floatsFrom(layout),
    limits,
  };
}
