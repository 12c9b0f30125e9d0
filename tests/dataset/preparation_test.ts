import assert from "node:assert/strict";
import { join } from "node:path";
import { centreCrop } from "../../lib/dataset/centre_crop.ts";
import type { GreyImage } from "../../lib/dataset/grey_image.ts";
import { prepareImage } from "../../lib/dataset/preparation.ts";
import { smoothedResize } from "../../lib/dataset/smoothed_resize.ts";

// Made by torchxrayvision with tests/oracles/published_weights.py: every seventh row and fifth column.
const { size, cases }: { size: number; cases: Case[] } = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/dataset/centre_crop.json")),
);

interface Case {
  width: number;
  height: number;
  white: number;
  bright?: true;
  values: number[][];
}

/** The oracle's images. */
function formulaImage({ width, height, white, bright }: Omit<Case, "values">): GreyImage {
  const values = white > 255 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = 31 * x * x + 17 * y * y + 7 * x * y;
      values[y * width + x] = bright ? 200 + value % 56 : value % (white + 1);
    }
  }
  return { values, width, height, white };
}

for (const { values: expected, ...shape } of cases) {
  const { width, height, white, bright } = shape;
  Deno.test(`${width}x${height}, white ${white}${bright ? ", bright" : ""}, is prepared as torchxrayvision does`, () => {
    const found = smoothedResize(centreCrop(formulaImage(shape)), size);
    expected.forEach((row, i) =>
      row.forEach((value, j) => {
        const ours = 1024 * found[7 * i * size + 5 * j]!;
        // 1e-6 of the range of 2048.
        assert(
          Math.abs(ours - value) < 2048e-6,
          `row ${7 * i}, column ${5 * j}: ${ours} instead of ${value}`,
        );
      })
    );
  });
}

Deno.test("a centre crop gives the network values that are not rounded, and others pixels that are", () => {
  const image = formulaImage({ width: 150, height: 131, white: 255 });
  const { pixels, values } = prepareImage(image, { size: 32, preparation: "centre-crop" });
  assert(values.some((value) => Math.abs(255 * value - Math.round(255 * value)) > 0.3));
  values.forEach((value, i) => assert(Math.abs(255 * value - pixels[i]!) <= 0.5 + 1e-4));
  const squeezed = prepareImage(image, { size: 32, preparation: "squeezed" });
  assert.deepEqual(squeezed.values, Float32Array.from(squeezed.pixels, (value) => value / 255));
});
