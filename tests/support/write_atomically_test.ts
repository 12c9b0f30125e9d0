import assert from "node:assert/strict";
import { join } from "node:path";
import { isDraftName, openDraftFolder, removeDeadDrafts } from "../../lib/support/draft_folder.ts";
import { openDraft, writeAtomically } from "../../lib/support/write_atomically.ts";
import { writeSummed } from "../../lib/support/summed_folder.ts";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { renamingsOf } from "../_renames.ts";

const MODULE = new URL("../../lib/support/draft_folder.ts", import.meta.url).href;

/** Opens a draft with a file in it, in a process that is then killed. */
async function killedDraft(folder: string, key?: string): Promise<string> {
  const code = `
    import { openDraftFolder } from ${JSON.stringify(MODULE)};
    const { dir } = await openDraftFolder(${JSON.stringify(folder)}, {
      files: ["images/half.png", "content"],
      ...${JSON.stringify({ key })},
    });
    await Deno.mkdir(dir + "/images");
    await Deno.writeTextFile(dir + "/images/half.png", "half");
    console.log(dir);
    Deno.kill(Deno.pid, "SIGKILL");`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  const dir = new TextDecoder().decode(stdout).trim();
  assert.match(dir, /\.thorax-[0-9a-f]{32}$/, new TextDecoder().decode(stderr));
  return dir;
}

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

Deno.test("a file is written whole, in place of an older one, and nothing is left beside it", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "deep", "file.txt");
  await writeAtomically(file, "old");
  await writeAtomically(file, new TextEncoder().encode("new"));
  assert.equal(await Deno.readTextFile(file), "new");
  assert.deepEqual(Object.keys(await bitsOf(folder.path)), ["deep/file.txt"]);
});

Deno.test("a folder is flushed to the disk after a file was renamed into its place", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file.txt");
  const [one, several] = [
    await renamingsOf(() => writeAtomically(file, "text")),
    await renamingsOf(() =>
      writeSummed({ dir: folder.path, kind: "run" }, { "a.csv": "a", "test/b.json": "{}" })
    ),
  ];
  assert.deepEqual(one, { count: 1, unsynced: [] });
  assert.deepEqual(several, { count: 4, unsynced: [] });
  const bare = await renamingsOf(() => Deno.rename(file, join(folder.path, "other.txt")));
  assert.deepEqual(bare, { count: 1, unsynced: [folder.path] });
});

Deno.test("what cannot be written leaves the old file and no draft", async () => {
  await using folder = await temporaryFolder();
  const place = join(folder.path, "folder");
  await Deno.mkdir(join(place, "mine"), { recursive: true });
  await assert.rejects(writeAtomically(place, "text"), { path: place });
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["folder"]);
});

Deno.test("the draft of a killed process is removed by the next writing, and nobody's file with it", async () => {
  await using folder = await temporaryFolder();
  const dead = await killedDraft(folder.path);
  await Deno.writeTextFile(join(dead, "mine.txt"), "mine");
  const others = ["file.txt.4711.partial", "file.txt.lock", `.thorax-${"0".repeat(32)}/DRAFT`];
  await Deno.mkdir(join(folder.path, `.thorax-${"0".repeat(32)}`));
  for (const name of others) await Deno.writeTextFile(join(folder.path, name), "mine");
  await using alive = await openDraftFolder(folder.path, { files: ["content"] });
  await Deno.writeTextFile(join(alive.dir, "content"), "at work");

  await writeAtomically(join(folder.path, "file.txt"), "text");
  const left = Object.keys(await bitsOf(folder.path)).map((path) => path.replace(folder.path, "")).sort();
  const own = (dir: string, name: string) => `${dir.split("/").at(-1)}/${name}`;
  assert.deepEqual(
    left,
    [
      "file.txt",
      ...others,
      own(dead, "mine.txt"),
      own(dead, "DRAFT"),
      own(alive.dir, "DRAFT"),
      own(alive.dir, "content"),
    ].sort(),
  );
  await Deno.remove(join(dead, "mine.txt"));
  const halfMade = ["1", "2"].map((digit) => join(folder.path, `.thorax-${digit.repeat(32)}`));
  for (const dir of halfMade) await Deno.mkdir(dir);
  await Deno.writeTextFile(join(halfMade[1]!, "DRAFT"), "");
  await removeDeadDrafts(folder.path);
  for (const dir of halfMade) await assert.rejects(Deno.stat(dir), Deno.errors.NotFound);
  assert.equal([...Deno.readDirSync(folder.path)].some(({ name }) => dead.endsWith(name)), false);
});

Deno.test("of two drafts of one key the second waits, and finds what the first or a killed one has left", async () => {
  await using folder = await temporaryFolder();
  const options = { files: ["content"], key: "image cache", keep: true };
  const dead = await killedDraft(folder.path, options.key);
  const first = await openDraftFolder(folder.path, options);
  assert.equal(first.dir, dead);
  assert.equal(await Deno.readTextFile(join(dead, "images/half.png")), "half");
  const order: string[] = [];
  const second = openDraftFolder(folder.path, options).then((draft) => {
    order.push("second");
    return draft;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  order.push("first ends");
  await Deno.writeTextFile(join(first.dir, "content"), "kept");
  first.leave();
  await using draft = await second;
  assert.deepEqual(order, ["first ends", "second"]);
  assert.equal(await Deno.readTextFile(join(draft.dir, "content")), "kept");
  assert(isDraftName(draft.dir.split("/").at(-1)!));
  draft.leave();
  await using fresh = await openDraftFolder(folder.path, { ...options, keep: false });
  assert.deepEqual(Object.keys(await bitsOf(fresh.dir)), ["DRAFT"]);
});

Deno.test("a folder of a draft's name that somebody else made is left alone", async () => {
  await using folder = await temporaryFolder();
  const { dir, ...draft } = await openDraftFolder(folder.path, { files: [], key: "set" });
  await draft[Symbol.asyncDispose]();
  await Deno.mkdir(dir);
  await Deno.writeTextFile(join(dir, "DRAFT"), "my thesis\n");
  await assert.rejects(openDraftFolder(folder.path, { files: [], key: "set" }), {
    name: "InputError",
    message: `${dir}: in the way, and no draft of Thorax: move it away`,
  });
  assert.equal(await Deno.readTextFile(join(dir, "DRAFT")), "my thesis\n");
});
