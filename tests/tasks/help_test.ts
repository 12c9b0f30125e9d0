import assert from "node:assert/strict";

Deno.test("help that nobody reads on, as by head, ends without an error", async () => {
  const task = `"${Deno.execPath()}" run -A --no-check lib/tasks/metrics.ts --help`;
  const args = ["-c", `${task} | true`];
  const { stderr } = await new Deno.Command("sh", { args, stdout: "null" }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
});
