import assert from "node:assert/strict";
import { resolve } from "node:path";
import { countTests, sumOfCounts } from "../../lib/tasks/test.ts";

const PROJECT = resolve(import.meta.dirname!, "../..");

Deno.test("the counts are those of deno test's summary", () => {
  const line = (output: string, success: boolean) => countTests(output, { success }).line;
  assert.equal(
    line("a ... ok\n\nok | 212 passed (30 steps) | 0 failed (3s)\n\n", true),
    "212 passed, 0 failed",
  );
  assert.equal(
    line("ok | 2 passed | 0 failed | 3 ignored (1 step) (3s)\n", true),
    "2 passed, 0 failed, 3 skipped",
  );
  assert.equal(line("\nFAILED | 1 passed | 2 failed (1 step) (18ms)\n", false), "1 passed, 2 failed");
  assert.equal(
    line("\x1b[0m\x1b[32mok\x1b[0m | 1 passed | 0 failed \x1b[38;5;245m(1ms)\x1b[0m", true),
    "1 passed, 0 failed",
  );
});

Deno.test("a run that failed without naming a test counts as one failure", () => {
  assert.equal(countTests("error: Type checking failed", { success: false }).line, "0 passed, 1 failed");
  assert.equal(countTests("ok | 4 passed | 0 failed (1s)", { success: false }).line, "4 passed, 1 failed");
});

Deno.test("counts of several runs are added up, failures of runs that could not start among them", () => {
  const counts = [
    countTests("ok | 2 passed | 0 failed | 3 ignored (1s)", { success: true }),
    countTests("error: Module not found", { success: false }),
    countTests("FAILED | 4 passed | 2 failed (1s)", { success: false }),
  ];
  assert.equal(sumOfCounts(counts).line, "6 passed, 3 failed, 3 skipped");
  assert.equal(sumOfCounts([]).line, "0 passed, 0 failed");
});

Deno.test("deno task test passes arguments on, ends with the counts and keeps the status", async (t) => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/sum_test.ts`;
  await Deno.writeTextFile(
    file,
    `Deno.test("sum", () => {});\nDeno.test("bad sum", () => { throw new Error("bad"); });\n`,
  );
  const run = async (...args: string[]) => {
    const flags = ["run", "--no-check", "--allow-read", "--allow-run", "--allow-env", "lib/tasks/test.ts"];
    const command = new Deno.Command(Deno.execPath(), {
      args: [...flags, ...args],
      cwd: PROJECT,
      env: { NO_COLOR: "1" },
    });
    const { code, stdout } = await command.output();
    return { code, last: new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1) };
  };
  try {
    await t.step("all", async () => {
      assert.deepEqual(await run(file), { code: 1, last: "1 passed, 1 failed" });
    });
    await t.step("filtered", async () => {
      assert.deepEqual(await run("--filter", "/^sum/", file), { code: 0, last: "1 passed, 0 failed" });
    });
    await t.step("no such file", async () => {
      const { code, last } = await run(`${folder}/none_test.ts`, file);
      assert.deepEqual({ code, last }, { code: 1, last: "0 passed, 1 failed" });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
