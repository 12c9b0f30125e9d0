import assert from "node:assert/strict";
import { readImageList } from "../../lib/dataset/image_list.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { withFile } from "./_files.ts";

Deno.test("readImageList() reads a name a line, whatever ends the lines", async () => {
  await withFile("list.txt", "1_000.png\r\n2_000.png\n\n3_000.png", async (file) => {
    assert.deepEqual([...await readImageList(file)], ["1_000.png", "2_000.png", "3_000.png"]);
  });
});

Deno.test("readImageList() refuses an empty list and an image that stands twice", async () => {
  await withFile("list.txt", "\n \n", async (file) => {
    await assert.rejects(readImageList(file), new InputError(`${file} is empty`));
  });
  await withFile("list.txt", "1_000.png\n2_000.png\n1_000.png\n", async (file) => {
    const message = `${file}, row 3: image "1_000.png" is already in a row above`;
    await assert.rejects(readImageList(file), new InputError(message));
  });
});
