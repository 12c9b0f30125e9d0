import assert from "node:assert/strict";
import { resolve } from "node:path";
import { compareWithList } from "../conformance/known_failures.ts";
import type { SpecResult } from "../conformance/run_specs.ts";

const TASK = resolve(import.meta.dirname!, "../conformance/conformance.ts");
const PERMISSIONS = ["read", "write", "env", "ffi", "sys"];

async function conformance(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--frozen", ...PERMISSIONS.map((name) => `--allow-${name}`), TASK, ...args],
    env: { NO_COLOR: "1" },
    stderr: "null",
  }).output();
  return { code, lines: new TextDecoder().decode(stdout).trimEnd().split("\n") };
}

Deno.test("TensorFlow.js' own specs and those of its package for Node pass but for the listed ones", async () => {
  const { code, lines } = await conformance();
  assert.equal(lines.length, 1, lines.join("\n"));
  const [, passed, skipped] = lines[0]!.match(/^(\d+) passed, 0 failed, (\d+) skipped$/) ?? [];
  assert.deepEqual([code, Number(passed) + Number(skipped)], [0, 3968]);
  assert.ok(Number(passed) >= 3960);
});

// All of them take a minute on a busy machine: `deno task conformance --traced`.
Deno.test("The specs of gradients pass as recorded graphs, but for one where the spec itself is wrong", async () => {
  const { code, lines } = await conformance("--traced", "--filter", "gradient");
  assert.deepEqual({ code, lines }, { code: 0, lines: ["508 passed, 0 failed, 1 skipped"] });
});

Deno.test("compareWithList() tells expected failures from new ones and from mended ones", () => {
  const result = (name: string, status: SpecResult["status"]): SpecResult => ({ name, status, messages: [] });
  const results = [
    result("passes", "passed"),
    result("fails", "failed"),
    result("fails as listed", "failed"),
    result("mended", "passed"),
    result("left out", "skipped"),
    result("varies, passes", "passed"),
    result("varies, fails", "failed"),
  ];
  const { passed, failed, mended, expected } = compareWithList(results, {
    failing: new Set(["fails as listed", "mended", "not run"]),
    varying: new Set(["varies, passes", "varies, fails"]),
  });
  const names = (list: SpecResult[]) => list.map(({ name }) => name);
  assert.deepEqual([passed, failed, mended, expected].map(names), [
    ["passes", "varies, passes"],
    ["fails"],
    ["mended"],
    ["fails as listed", "left out", "varies, fails"],
  ]);
});
