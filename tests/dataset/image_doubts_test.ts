import assert from "node:assert/strict";
import { doubtfulImages, imageDoubt } from "../../lib/dataset/image_doubts.ts";

Deno.test("imageDoubt() doubts black images, those of one value, and values of fewer bits than their file", () => {
  assert.equal(imageDoubt(new Uint8Array(4)), "is all black");
  assert.equal(
    imageDoubt(Uint8Array.of(255, 255, 255, 255)),
    "has the same value (255 of 255) in every pixel",
  );
  // The largest values of 10, 12 and 14 bits, scaled from 0..65535.
  for (const [bits, most] of [[10, 4], [12, 16], [14, 64]]) {
    assert.equal(Math.round((2 ** bits! - 1) / 65535 * 255), most);
    assert.match(
      imageDoubt(Uint8Array.of(0, 1, most!, 0))!,
      /^is almost black: no pixel is brighter than \d+ of 255;/,
    );
  }
  assert.match(imageDoubt(Uint8Array.of(0, 15))!, /of 12 bits in a file of 16/);
  assert.equal(imageDoubt(Uint8Array.of(0, 65)), null);
  assert.equal(imageDoubt(Uint8Array.of(254, 255)), null);
});

Deno.test("doubtfulImages() names those of a cache", () => {
  const images = [[0, 0, 0, 0], [1, 2, 3, 200], [7, 7, 7, 7]];
  const cache = {
    size: 2,
    names: ["a.png", "b.png", "c.png"],
    indexOf: () => undefined,
    read: (index: number, into: Uint8Array) => into.set(images[index]!),
    [Symbol.dispose]() {},
  };
  assert.deepEqual(doubtfulImages(cache), [
    { image: "a.png", doubt: "is all black" },
    { image: "c.png", doubt: "has the same value (7 of 255) in every pixel" },
  ]);
});
