import { floatsFrom, fromBase64 } from "../base64.ts";
import type { PageData } from "../page_data.ts";
import type { ImageScores, Scorer } from "./scorer.ts";

/** How far a backend is off what TensorFlow's C library made of the same image. */
export interface SelfTestResult {
  /** The largest difference of a logit, in parts of the largest logit or 1. */
  logits: number;
  /** The largest difference of a Grad-CAM map whose largest value is 1. */
  map: number;
}

/** What a backend may be off: graphics cards that compute with 16 bits are off by more. */
const MOST_OFF: SelfTestResult = { logits: 1e-3, map: 5e-3 };

/** Whether a backend's scores are right, and whether its maps are. */
export function isRight({ logits, map }: SelfTestResult): { scores: boolean; maps: boolean } {
  return { scores: logits <= MOST_OFF.logits, maps: map <= MOST_OFF.map };
}

/** Scores the stored image and compares. */
export async function selfTest(
  { selfTest: { pixels, logits, label, map } }: PageData,
  scorer: Scorer,
): Promise<SelfTestResult> {
  const found = await scorer.score(Float32Array.from(fromBase64(pixels), (value) => value / 255));
  const scale = Math.max(1, ...logits.map(Math.abs));
  return {
    logits: mostOff(found.logits, logits) / scale,
    map: mostOff(mapOf(found, "grad-cam", label), floatsFrom(map)),
  };
}

/** A finding's map, [side, side], divided by its largest value; zeros where nothing speaks for the finding. */
export function mapOf(
  { maps, side }: ImageScores,
  method: keyof ImageScores["maps"],
  label: number,
): Float32Array {
  const map = maps[method].slice(label * side * side, (label + 1) * side * side);
  const largest = map.reduce((most, value) => Math.max(most, value), 0);
  return largest > 0 ? map.map((value) => value / largest) : map;
}

/** NaN, where a value is one, counts as infinitely far. */
function mostOff(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(found[i]! - expected[i]!);
    if (!(off <= most)) most = Number.isNaN(off) ? Infinity : off;
  }
  return most;
}
