import assert from "node:assert/strict";
import { resize } from "../../lib/dataset/resize.ts";

/** The mean of whole rectangles of source pixels, added one by one. */
function meansOf(
  source: ArrayLike<number>,
  shape: { width: number; height: number; size: number },
): number[] {
  const { width, height, size } = shape;
  const [across, down] = [width / size, height / size];
  return Array.from({ length: size * size }, (_, i) => {
    const corner = Math.floor(i / size) * down * width + (i % size) * across;
    let sum = 0;
    for (let y = 0; y < down; y++) for (let x = 0; x < across; x++) sum += source[corner + y * width + x]!;
    return sum / (across * down);
  });
}

Deno.test("resize averages whole pixels exactly, words of four at a time or not, up to the largest sums", () => {
  const shapes = [
    { width: 256, height: 256, size: 32 },
    { width: 64, height: 96, size: 16 },
    { width: 32, height: 32, size: 16 },
    { width: 4, height: 257, size: 1 },
    { width: 8, height: 258, size: 1 },
    { width: 12, height: 771, size: 3 },
    { width: 16, height: 2, size: 1 },
  ];
  let seed = 1;
  const random = () => (seed = seed * 48271 % 2147483647) & 255;
  for (const shape of shapes) {
    for (const value of [random, () => 255, () => 0, () => 254 + (random() & 1)]) {
      // With a byte before, so that the pixels are no whole words in memory.
      const apart = Uint8Array.from({ length: shape.width * shape.height + 1 }, value);
      const expected = meansOf(apart.subarray(1), shape).map((mean) => Math.floor(mean + 0.5));
      for (const source of [apart.subarray(1), apart.slice(1)]) {
        assert.deepEqual([...resize(source, { ...shape, white: 255 })], expected, JSON.stringify(shape));
      }
    }
  }
});
