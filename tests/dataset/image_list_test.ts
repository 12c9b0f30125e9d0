import assert from "node:assert/strict";
import { readImageList } from "../../lib/dataset/image_list.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { withFile } from "./_files.ts";

Deno.test("readImageList() reads a name a line, whatever ends the lines", async () => {
  await withFile("list.txt", "1_000.png\r\n2_000.png\n\n3_000.png\r4_000.png", async (file) => {
    assert.deepEqual([...await readImageList(file)], ["1_000.png", "2_000.png", "3_000.png", "4_000.png"]);
  });
});

Deno.test("readImageList() reads lists with folders before the names, and labels or folders behind", async () => {
  const lists = [
    "images_001/images/1_000.png\nC:\\nih\\2_000.png\n",
    "1_000.png Cardiomegaly|Mass\n2_000.png No Finding\n",
    "1_000.png 0 1 0 0\n2_000.png 0 0 0 0\n",
    "1_000.png\timages_001\n2_000.png\timages_002/\n",
    "Image Index,Finding Labels\n1_000.png,Mass|Nodule\n2_000.png,No Finding\n",
    '"1_000.png","Mass, of 3 cm"\n"2_000.png",""\n',
  ];
  for (const content of lists) {
    await withFile("list.txt", content, async (file) => {
      assert.deepEqual([...await readImageList(file)], ["1_000.png", "2_000.png"], content);
    });
  }
  await withFile("list.txt", "my scan 1.JPG\n1.2.840.55 Mass\n", async (file) => {
    assert.deepEqual([...await readImageList(file)], ["my scan 1.JPG", "1.2.840.55"]);
  });
});

Deno.test("readImageList() refuses an empty list and an image that stands twice", async () => {
  await withFile("list.txt", "\n \n", async (file) => {
    await assert.rejects(readImageList(file), new InputError(`${file} is empty`));
  });
  await withFile("list.txt", "1_000.png\n2_000.png\na/1_000.png Mass\n", async (file) => {
    const message = `${file}, row 3: image "1_000.png" is already in a row above`;
    await assert.rejects(readImageList(file), new InputError(message));
  });
});
