import assert from "node:assert/strict";

const MODULE = new URL("../../lib/notebook/until_interrupted.ts", import.meta.url).href;

/** A process that interrupts itself while it works, and once more when it has ended its work. */
const CODE = `
import { untilInterrupted } from ${JSON.stringify(MODULE)};
const result = await untilInterrupted(async (signal) => {
  Deno.kill(Deno.pid, "SIGINT");
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 10));
  return "ended by itself";
});
console.log(result);
Deno.kill(Deno.pid, "SIGINT");
await new Promise((resolve) => setTimeout(resolve, 60_000));
`;

Deno.test("an interrupt is the work's signal while it lasts; later ones end the process again", async () => {
  const { stdout, signal } = await new Deno.Command(Deno.execPath(), { args: ["eval", CODE] }).output();
  assert.equal(new TextDecoder().decode(stdout), "ended by itself\n");
  assert.equal(signal, "SIGINT");
});
