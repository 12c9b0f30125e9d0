import assert from "node:assert/strict";
import { readText } from "../../lib/support/read_text.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { gzip, withFile } from "../dataset/_files.ts";

function refuses(name: string, content: Uint8Array, message: RegExp): Promise<void> {
  return withFile(name, content, async (file) => {
    await assert.rejects(readText(file), (error) => {
      assert(error instanceof InputError);
      assert(error.message.startsWith(file), error.message);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("readText() reads plain and compressed text, and drops a byte order mark", async () => {
  await withFile("a.csv", "\ufeffÄge\n", async (file) => assert.equal(await readText(file), "Äge\n"));
  await withFile(
    "a.csv.gz",
    await gzip("Äge\n"),
    async (file) => assert.equal(await readText(file), "Äge\n"),
  );
});

Deno.test("readText() refuses what is no text", async () => {
  await refuses("a.csv", Uint8Array.of(65, 0xe4, 66), / is not UTF-8 text$/);
  await refuses("a.csv.gz", Uint8Array.of(65, 66), / is not a gzip file, or is cut short$/);
  const whole = await gzip("0123456789".repeat(1000));
  await refuses("a.csv.gz", whole.subarray(0, whole.length - 9), / is not a gzip file, or is cut short$/);
});

Deno.test("readText() names a file that is missing or a folder", async () => {
  const folder = await Deno.makeTempDir();
  await assert.rejects(readText(`${folder}/none.csv`), new InputError(`${folder}/none.csv does not exist`));
  await assert.rejects(readText(folder), new InputError(`${folder} is a folder, not a file`));
  await Deno.remove(folder);
});
