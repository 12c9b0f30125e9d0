import assert from "node:assert/strict";
import { reportToAll } from "../../lib/runs/reporter.ts";

Deno.test("reportToAll() tells every reporter that listens", () => {
  const heard: string[] = [];
  const listening = (name: string) => ({ onWarning: (text: string) => void heard.push(`${name}: ${text}`) });
  reportToAll([listening("a"), {}, listening("b")]).onWarning("black");
  assert.deepEqual(heard, ["a: black", "b: black"]);
});
