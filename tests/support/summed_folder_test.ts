import assert from "node:assert/strict";
import { InputError } from "../../lib/support/input_error.ts";
import { join } from "node:path";
import {
  checkSummed,
  removeSummed,
  settleSummed,
  type SummedFolder,
  SUMS_FILE,
  writeSummed,
} from "../../lib/support/summed_folder.ts";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { killedAtRenaming } from "../_kills.ts";

const OLD = { "a.csv": "a,b\n1,2\n", "test/b.json": "{}\n", "c.png": Uint8Array.of(1, 2, 3) };
const NEW = { "a.csv": "a,b\n3,4\n", "test/b.json": "[]\n", "d.txt": "new" };

async function summedFolder(): Promise<SummedFolder & { path: string } & AsyncDisposable> {
  const folder = await temporaryFolder();
  return { ...folder, dir: join(folder.path, "out"), kind: "run" };
}

Deno.test("sha256sum reads the checksums, and a second writing replaces the first", async () => {
  await using folder = await summedFolder();
  await writeSummed(folder, OLD);
  await writeSummed(folder, NEW);
  assert.deepEqual(await checkSummed(folder), []);
  const { success, stdout } = await new Deno.Command("sha256sum", {
    args: ["--check", "--strict", SUMS_FILE],
    cwd: folder.dir,
  }).output();
  assert(success);
  assert.equal(new TextDecoder().decode(stdout), "a.csv: OK\nc.png: OK\nd.txt: OK\ntest/b.json: OK\n");
});

Deno.test("a flipped bit anywhere is told by file, and so is a file that is missing", async () => {
  await using folder = await summedFolder();
  await writeSummed(folder, OLD);
  for (const file of [...Object.keys(OLD), SUMS_FILE]) {
    const path = join(folder.dir, file);
    const bytes = await Deno.readFile(path);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await Deno.writeFile(path, flipped);
      const damages = await checkSummed(folder).catch((
        error,
      ) => [{ file: SUMS_FILE, message: error.message }]);
      assert.deepEqual(damages!.map(({ file }) => file), [file], `bit ${bit} of ${file}`);
      assert(damages![0]!.message.startsWith(`${path}: `), damages![0]!.message);
    }
    await Deno.writeFile(path, bytes);
  }
  await Deno.remove(join(folder.dir, "c.png"));
  assert.deepEqual(await checkSummed(folder), [
    { file: "c.png", isMissing: true, message: `${join(folder.dir, "c.png")}: is missing, and was written` },
  ]);
});

Deno.test("a kill at any moment leaves a sound folder, and the next writing ends with the same bytes", async () => {
  await using folder = await summedFolder();
  const whole = { ...folder, dir: join(folder.path, "whole") };
  await writeSummed(whole, OLD);
  await writeSummed(whole, NEW, { remove: (file) => file === "c.png" });
  const expected = await bitsOf(whole.dir);
  for (let nth = 0, goesOn = true; goesOn; nth++) {
    const killed = { ...folder, dir: join(folder.path, `killed ${nth}`) };
    await writeSummed(killed, OLD);
    goesOn = await killedAtRenaming(nth, () => writeSummed(killed, NEW));
    assert.deepEqual(await checkSummed(killed), [], `killed before renaming ${nth}`);
    const remove = (file: string) => file === "c.png";
    goesOn = await killedAtRenaming(nth, () => writeSummed(killed, { "a.csv": "third\n" }, { remove })) ||
      goesOn;
    assert.deepEqual(await checkSummed(killed), [], `killed twice before renaming ${nth}`);
    if (nth % 2 === 0) {
      await settleSummed(killed);
      assert.doesNotMatch(await Deno.readTextFile(join(killed.dir, SUMS_FILE)), /being/);
      assert.deepEqual(await checkSummed(killed), [], `settled after a kill before renaming ${nth}`);
    }
    await writeSummed(killed, NEW, { remove });
    assert.deepEqual(await bitsOf(killed.dir), expected, `killed before renaming ${nth}`);
  }
});

Deno.test("what is a folder or a pipe in a file's place is named, and never waited for", async () => {
  await using folder = await summedFolder();
  const { dir } = folder;
  await writeSummed(folder, OLD);
  const message = (path: string) => `${path}: is a folder, a link or a pipe, and was written as a file`;
  for (const [command, name] of [["mkfifo", "a.csv"], ["mkdir", "c.png"]] as const) {
    const path = join(dir, name);
    await Deno.remove(path);
    await new Deno.Command(command, { args: [path] }).output();
    const damages = await checkSummed(folder, (file) => file === name);
    assert.deepEqual(damages, [{ file: name, isMissing: false, message: message(path) }]);
    await assert.rejects(writeSummed(folder, { [name]: "new" }), InputError);
  }
  const sums = join(dir, SUMS_FILE);
  await Deno.remove(sums);
  await new Deno.Command("mkfifo", { args: [sums] }).output();
  await assert.rejects(
    checkSummed(folder),
    new InputError(`${sums}: is a folder, a link or a pipe, not a file`),
  );
});

Deno.test("only this task's own files are replaced or removed", async () => {
  await using folder = await summedFolder();
  const { dir } = folder;
  await writeSummed(folder, OLD);
  await Deno.writeTextFile(join(dir, "a.csv"), "edited");
  await Deno.writeTextFile(join(dir, "d.txt"), "mine");
  const before = await bitsOf(dir);
  for (const name of ["a.csv", "d.txt"] as const) {
    await assert.rejects(writeSummed(folder, { "test/b.json": "[]", [name]: NEW[name] }), {
      name: "InputError",
      message: `${join(dir, name)}: is there already, and not as this task wrote it: name another place, ` +
        "or replace it with --overwrite",
    });
  }
  for (const overwrite of [false, true]) {
    await assert.rejects(
      writeSummed({ dir, kind: "metrics" }, NEW, { overwrite }),
      /SHA256SUMS: the checksums of a folder of another kind \(.*\): name another place$/,
    );
  }
  await assert.rejects(
    writeSummed(folder, { "c.png": "x" }, { inputs: [join(dir, "c.png")], overwrite: true }),
    /c.png: this command reads it, so it is not written over: name another place$/,
  );
  assert.deepEqual(await bitsOf(dir), before);

  await removeSummed(folder, (file) => file !== "c.png");
  assert.deepEqual(Object.keys(await bitsOf(dir)).sort(), [SUMS_FILE, "a.csv", "c.png", "d.txt"]);
  await writeSummed(folder, NEW, { overwrite: true });
  assert.equal(await Deno.readTextFile(join(dir, "d.txt")), "new");
});

Deno.test("a file that comes in pieces is written with the checksum of the whole", async () => {
  await using folder = await summedFolder();
  await writeSummed(folder, { "a.csv": () => ["a,b\n", "", "1,2\n"].values() });
  assert.equal(await Deno.readTextFile(join(folder.dir, "a.csv")), "a,b\n1,2\n");
  assert.deepEqual(await checkSummed(folder), []);
  await writeSummed(folder, { "a.csv": OLD["a.csv"] });
});
