import type { Random } from "../support/random.ts";
import type { Entry } from "./entry.ts";

/**
 * An order of entries in which each finding comes at even steps, so that batches cut from it have about as many images of
 * each: an image belongs to the rarest finding that it has, or to those without one; each of these strata is shuffled and
 * laid out evenly over the whole, beginning at a place of its own.
 *
 * @returns The entries' places, each once.
 */
export function stratifiedOrder(
  entries: readonly Entry[],
  { findings, random }: { findings: readonly string[]; random: Random },
): Int32Array<ArrayBuffer> {
  const counts = new Map(findings.map((finding) => [finding, 0]));
  for (const { labels } of entries) {
    for (const label of labels) if (counts.has(label)) counts.set(label, counts.get(label)! + 1);
  }
  const rarestFirst = [...findings].sort((a, b) => counts.get(a)! - counts.get(b)!);
  const strata = new Map<string | undefined, number[]>([...rarestFirst, undefined].map((name) => [name, []]));
  entries.forEach(({ labels }, place) => {
    strata.get(rarestFirst.find((finding) => labels.includes(finding)))!.push(place);
  });
  const positions = new Float64Array(entries.length);
  for (const places of strata.values()) {
    const start = random.uniform();
    random.shuffle(places).forEach((place, i) => positions[place] = (i + start) / places.length);
  }
  return Int32Array.from(entries.keys()).sort((a, b) => positions[a]! - positions[b]! || a - b);
}
