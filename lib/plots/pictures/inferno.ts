/**
 * Every 17th of the 256 colours of "inferno" (van der Walt and Smith for matplotlib, 2015; CC0), a map that gets
 * evenly lighter to the eye, also to the colour-blind and in print.
 */
const ANCHORS = [
  0x000004,
  0x0c0826,
  0x240c4f,
  0x420a68,
  0x5d126e,
  0x781c6d,
  0x932667,
  0xae305c,
  0xc73e4c,
  0xdd513a,
  0xed6925,
  0xf8850f,
  0xfca50a,
  0xfac62d,
  0xf2e661,
  0xfcffa4,
] as const;

/** The colour of a value: dark violet at 0 or less, over red and orange to pale yellow at 1 or more; channels 0 to 255. */
export function inferno(value: number): [red: number, green: number, blue: number] {
  const place = Math.min(1, Math.max(0, value)) * (ANCHORS.length - 1);
  const lower = Math.min(ANCHORS.length - 2, Math.floor(place));
  const share = place - lower;
  const channel = (shift: number) => {
    const [a, b] = [ANCHORS[lower]! >> shift & 255, ANCHORS[lower + 1]! >> shift & 255];
    return Math.round(a + (b - a) * share);
  };
  return [channel(16), channel(8), channel(0)];
}
