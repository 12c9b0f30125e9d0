import { counted } from "../../support/decimals.ts";

export { findingTitle } from "../../dataset/finding_title.ts";

/** A probability in percent: whole ones, and those near 0 and 1 as such. */
export function roughPercent(value: number): string {
  const hundredths = 100 * value;
  if (hundredths > 0 && hundredths < 1) return "<1 %";
  if (hundredths > 99 && hundredths < 100) return ">99 %";
  return `${hundredths.toFixed(0)} %`;
}

/** How likely a finding is: its probability, or the score alone where the run knows no probabilities. */
export function likelihood({ probability, score }: { probability: number | null; score: number }): string {
  return probability === null ? `score ${score.toFixed(2)}` : roughPercent(probability);
}

/** A number of images. */
export function countOf(count: number, noun = "image"): string {
  return counted(count, noun);
}
