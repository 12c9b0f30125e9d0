import assert from "node:assert/strict";
import { notebookReporter } from "../../lib/notebook/notebook_reporter.ts";
import { progressLine } from "../../lib/notebook/progress_line.ts";
import { pretendKernel } from "./_kernel.ts";

Deno.test("a line appears with the first news, is replaced in its place, and ends with all that was done", async () => {
  using kernel = pretendKernel();
  const line = progressLine("Decoding", "images");
  await line.finish();
  assert.equal(kernel.sent.length, 0);
  line.update(300, 1200);
  line.update(301, 1200);
  line.update(1200, 1200, "done");
  await line.finish();
  const { sent } = kernel;
  assert.deepEqual(sent.map(({ type, data }) => [type, data["text/plain"]]), [
    ["display_data", `Decoding ${"█".repeat(6)}${"░".repeat(18)} 300 of 1,200 images`],
    ["update_display_data", `Decoding ${"█".repeat(24)} 1,200 of 1,200 images  done`],
  ]);
  assert.equal(sent[0]!.id, sent[1]!.id);
});

Deno.test("several works have a line each", async () => {
  using kernel = pretendKernel();
  const tell = notebookReporter().onProgress!;
  tell("Drawing phantoms", 2, 2);
  tell("Decoding images", 1, 2);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(kernel.sent.map(({ type, data }) => [type, String(data["text/plain"]).split(" ")[0]]), [
    ["display_data", "Drawing"],
    ["display_data", "Decoding"],
  ]);
});
