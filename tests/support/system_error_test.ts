import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { about, describeRefusal, systemRefusal } from "../../lib/support/system_error.ts";
import { temporaryFolder } from "../_folders.ts";

/** What is said of the error that some work ends with. */
async function reasonOf(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
  } catch (error) {
    const refusal = systemRefusal(error);
    return refusal && describeRefusal(refusal);
  }
  throw new Error("There was no error");
}

const FULL_DISK = Object.assign(
  new Error("No space left on device (os error 28): writefile '/dev/full'"),
  { code: "ENOSPC" },
);

Deno.test("systemRefusal() words what Deno's and Node's file systems throw, and names the path", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const file = `${path}/it's`;
  await Deno.writeTextFile(file, "");
  await Deno.symlink("loop", `${path}/loop`);
  const cases: [work: () => Promise<unknown>, message: string][] = [
    [() => Deno.readFile(`${path}/none`), `${path}/none: no such file or folder`],
    [() => readFile(`${path}/none`), `${path}/none: no such file or folder`],
    [() => Deno.readFile(""), '"": no such file or folder'],
    [() => Deno.readFile(path), `${path}: is a folder, not a file`],
    [() => Deno.stat(`${path}/loop`), `${path}/loop: its symbolic links lead in a circle`],
    [() => readFile(`${path}/loop`), `${path}/loop: its symbolic links lead in a circle`],
    // Where Deno asks whether it may read, it does not say what.
    [
      () => about(`${file}/x`, () => Deno.readFile(`${file}/x`)),
      `${file}/x: a part of this path is a file, not a folder`,
    ],
    [() => Deno.mkdir(file), `${file}: exists already`],
    [() => Deno.rename(file, `${path}/a/b`), `${path}/a/b: no such file or folder`],
    [() => Deno.remove(path), `${path}: the folder is not empty`],
    [
      () => about(`${path}/a\0b`, () => Deno.readFile(`${path}/a\0b`)),
      `${path}/a\0b: file name contained an unexpected NUL byte`,
    ],
    // As Deno words it; only programs with every permission may write to /dev/full.
    [() => Promise.reject(FULL_DISK), "/dev/full: no space left on the disk"],
  ];
  for (const [work, message] of cases) assert.equal(await reasonOf(work), message);
});

Deno.test("systemRefusal() finds words for codes that it does not know", () => {
  const error = (message: string, code: string) => Object.assign(new Error(message), { code });
  assert.deepEqual(systemRefusal(error("Stale file (os error 999): stat '/x'", "ENEW")), {
    reason: "stale file",
    path: "/x",
  });
  assert.deepEqual(systemRefusal(error("ENEW: no such thing, open '/x'", "ENEW")), {
    reason: "no such thing",
    path: "/x",
  });
  assert.equal(systemRefusal(error("EBUSY: x, open '/x'", "EBUSY"))?.reason, "is in use by another program");
});

Deno.test("systemRefusal() leaves defects of ours alone", () => {
  assert.equal(systemRefusal(new TypeError("x is undefined")), null);
  assert.equal(systemRefusal("text"), null);
  assert.equal(systemRefusal(Object.assign(new Error("x"), { code: "ERR_INVALID_ARG" })), null);
  const closed = Deno.openSync("/dev/null");
  closed.close();
  assert.throws(() => closed.statSync(), (error) => systemRefusal(error) === null);
});
