import assert from "node:assert/strict";
import { resolve } from "node:path";
import { formatSeconds, withProgress } from "../../lib/support/progress.ts";

Deno.test("times are written as a person writes them", () => {
  assert.deepEqual([0, 59.4, 59.6, 185, 3599, 3600, 7835].map(formatSeconds), [
    "0 s",
    "59 s",
    "1 min 0 s",
    "3 min 5 s",
    "59 min 59 s",
    "1 h 0 min",
    "2 h 10 min",
  ]);
});

Deno.test("without a terminal, progress is a few lines on standard error that end at the total", async () => {
  const program = `
    import { showProgress } from "./lib/support/progress.ts";
    using progress = showProgress("Drawing", { total: 1000, unit: "images" });
    for (let done = 1; done <= 1000; done++) progress.update(done, "loss " + done);
    console.log("end");`;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", program],
    cwd: resolve(import.meta.dirname!, "../.."),
  });
  const { stdout, stderr } = await command.output();
  assert.equal(new TextDecoder().decode(stdout), "end\n");
  const lines = new TextDecoder().decode(stderr).trimEnd().split("\n");
  assert.ok(lines.length <= 11, `${lines.length} lines`);
  assert.equal(lines.at(-1), "Drawing: 100 %, 1000 of 1000 images, loss 1000");
});

Deno.test("progress of work begins when it first says how far it is, and ends with the work, whatever comes of it", async () => {
  const said: string[] = [];
  const before = console.error;
  console.error = (text: string) => void said.push(text);
  try {
    assert.equal(
      await withProgress("Reading", "files", () => Promise.resolve("nothing to do")),
      "nothing to do",
    );
    assert.deepEqual(said, []);
    const failing = withProgress("Reading", "files", async (onProgress) => {
      onProgress(1, 2);
      onProgress(2, 2);
      await Promise.reject(new Error("gone"));
    });
    await assert.rejects(failing, { message: "gone" });
    assert.deepEqual(said, ["Reading: 100 %, 2 of 2 files"]);
  } finally {
    console.error = before;
  }
});
