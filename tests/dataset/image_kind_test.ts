import assert from "node:assert/strict";
import { imageKind, isImageName } from "../../lib/dataset/image_kind.ts";

Deno.test("imageKind tells PNG, JPEG and DICOM by their first bytes, and nothing else", () => {
  const kindOf = (...bytes: number[]) => imageKind(Uint8Array.from(bytes));
  assert.equal(kindOf(137, 80, 78, 71, 13, 10, 26, 10, 0), "png");
  assert.equal(kindOf(0xff, 0xd8, 0xff, 0xe0), "jpeg");
  const preamble = new Uint8Array(132);
  preamble.set([68, 73, 67, 77], 128);
  assert.equal(imageKind(preamble), "dicom");
  // (0008,0005), implicit, 10 bytes.
  assert.equal(kindOf(8, 0, 5, 0, 10, 0, 0, 0, 73, 83, 79, 95, 73, 82, 32, 49), "dicom");
  for (
    const text of ["", "PNG", "Image Index,Finding Labels,Follow-up #", "GIF89a, and more than 16 bytes"]
  ) {
    assert.equal(imageKind(new TextEncoder().encode(text)), null, text);
  }
  assert.equal(imageKind(new Uint8Array(132)), null);
});

Deno.test("isImageName takes image extensions in any case, and names without one", () => {
  for (
    const name of ["a.png", "A.PNG", "b.JPeG", "c.jpg", "d.dcm", "6154", "IM-0001", "1.2.840.113619.2.55"]
  ) {
    assert(isImageName(name), name);
  }
  for (
    const name of ["a.csv", "a.png.txt", "README", "DICOMDIR", ".DS_Store", "Thumbs.db", "a.json", "LICENSE"]
  ) {
    assert(!isImageName(name), name);
  }
});
