import assert from "node:assert/strict";
import { join } from "node:path";
import { openDraft, writeAtomically } from "../../lib/support/write_atomically.ts";
import { temporaryFolder } from "../_folders.ts";

Deno.test("a draft is seen when it is committed, and gone when it is not", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "below/table.csv");
  await writeAtomically(file, "old");
  {
    await using draft = await openDraft(file);
    await draft.write("half");
    assert.equal(await Deno.readTextFile(file), "old");
  }
  assert.equal(await Deno.readTextFile(file), "old");
  {
    await using draft = await openDraft(file);
    for (const part of ["a", new TextEncoder().encode("ä"), "c"]) await draft.write(part);
    await draft.commit();
  }
  assert.equal(await Deno.readTextFile(file), "aäc");
  const names = [...Deno.readDirSync(join(folder.path, "below"))].map(({ name }) => name);
  assert.deepEqual(names, ["table.csv"]);
  const folderItself = join(folder.path, "taken");
  await Deno.mkdir(folderItself);
  await assert.rejects(writeAtomically(folderItself, ""), { path: folderItself });
});
