import assert from "node:assert/strict";
import { imageFinder } from "../../lib/dataset/image_names.ts";
import { InputError } from "../../lib/support/input_error.ts";

function finderOf(...names: string[]): (name: string) => string | undefined {
  const find = imageFinder(names.map((image) => ({ image })));
  return (name) => find(name)?.image.image;
}

Deno.test("imageFinder() finds an image whatever folders, slashes and ending its name has", () => {
  const find = finderOf("1_000.png", "1_001.png", "2.dcm");
  const names = {
    "1_000.png": "1_000.png",
    " ./images_001/images/1_000.png ": "1_000.png",
    "..\\input\\data\\1_001.png": "1_001.png",
    "C:/x//1_001.PNG": "1_001.png",
    "1_000": "1_000.png",
    "1_000.jpeg": "1_000.png",
    "2": "2.dcm",
    "1_002.png": undefined,
    "11_000.png": undefined,
    "1_000.png/x": undefined,
    "": undefined,
  };
  for (const [name, image] of Object.entries(names)) assert.equal(find(name), image, name);
});

Deno.test("imageFinder() tells images of one name by their folders", () => {
  const find = finderOf(
    "train/p1/view1.jpg",
    "train/p2/view1.jpg",
    "train/p2/view2.jpg",
    "valid/p1/view1.jpg",
  );
  assert.equal(find("/data/CheXpert-v1.0/train/p2/view1.jpg"), "train/p2/view1.jpg");
  assert.equal(find("valid/p1/view1.jpg"), "valid/p1/view1.jpg");
  assert.equal(find("p2/view1.jpg"), "train/p2/view1.jpg");
  assert.equal(find("view2.jpg"), "train/p2/view2.jpg");
  assert.equal(find("train/p3/view1.jpg"), undefined);
  assert.throws(
    () => find("view1.jpg"),
    new InputError(
      'image "view1.jpg" may be "train/p1/view1.jpg" or "train/p2/view1.jpg" or "valid/p1/view1.jpg"',
    ),
  );
  assert.throws(() => find("p1/view1"), InputError);
});

Deno.test("imageFinder() prefers the same ending, and says whether it is the same", () => {
  const find = imageFinder([{ image: "a.png" }, { image: "a.jpg" }]);
  assert.deepEqual(find("x/a.jpg"), { image: { image: "a.jpg" }, sameEnding: true });
  assert.throws(() => find("a"), InputError);
  assert.deepEqual(imageFinder([{ image: "a.png" }])("a"), { image: { image: "a.png" }, sameEnding: false });
});
