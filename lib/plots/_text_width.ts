/** Advance widths from space to tilde in Open Sans Regular, in thousandths of the font size (its table hmtx). */
// deno-fmt-ignore
const WIDTHS = [
  260, 264, 398, 646, 572, 827, 729, 219, 295, 295, 551, 572, 259, 322, 263, 367, 572, 572, 572, 572, 572, 572, 572, 572,
  572, 572, 263, 263, 572, 572, 572, 432, 896, 632, 646, 630, 726, 556, 516, 727, 737, 279, 269, 612, 522, 899, 753, 778,
  602, 778, 617, 548, 551, 729, 596, 923, 578, 559, 572, 327, 367, 327, 572, 438, 277, 556, 612, 479, 612, 562, 336, 543,
  613, 252, 252, 525, 252, 926, 613, 602, 612, 612, 409, 477, 356, 613, 500, 775, 523, 501, 469, 375, 549, 375, 572,
];

/**
 * The width of a line of text in units of the font size, a tenth more than in Open Sans, so that it fits where a
 * reader has a wider font; unknown characters count as a digit.
 */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDTHS[character.charCodeAt(0) - 32] ?? 572;
  return 1.1 * width / 1000;
}
