import assert from "node:assert/strict";
import { join } from "node:path";
import { openLocked } from "../../lib/support/open_locked.ts";
import { temporaryFolder } from "../_folders.ts";

/** Whether a promise has been fulfilled after a tenth of a second. */
function isThere(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<false>((no) => setTimeout(() => no(false), 100)),
  ]);
}

Deno.test("a file is made where it is missing, and the next one waits until it is closed", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "lock");
  const first = await openLocked(path);
  const second = openLocked(path);
  assert.equal(await isThere(second), false);
  first.close();
  (await second).close();
});

Deno.test("who waited for a file that was removed meanwhile gets the one that has its name now", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "lock");
  const first = await openLocked(path);
  const second = openLocked(path);
  assert.equal(await isThere(second), false);
  await Deno.remove(path);
  const third = await openLocked(path);
  assert.equal(await isThere(second), false);
  first.close();
  assert.equal(await isThere(second), false, "the file of that name is the third's");
  third.close();
  using file = await second;
  assert.equal((await file.stat()).ino, (await Deno.stat(path)).ino);
});

Deno.test("of two processes one waits for the other", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "lock");
  const module = new URL("../../lib/support/open_locked.ts", import.meta.url).href;
  const code = `
    const { openLocked } = await import(${JSON.stringify(module)});
    const file = await openLocked(${JSON.stringify(path)});
    console.log("open");
    await Deno.stdin.read(new Uint8Array(1));`;
  await using other = new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = other.stdout.getReader();
  await reader.read();
  const mine = openLocked(path);
  assert.equal(await isThere(mine), false);
  await other.stdin.close();
  (await mine).close();
  await reader.cancel();
});
