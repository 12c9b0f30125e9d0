import { existsSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { givenPath } from "../support/given_path.ts";
import { defineTask, runTask } from "./_command.ts";
import { PROJECT } from "../support/project.ts";

const task = defineTask("test", {
  description:
    "Runs the tests. Needs no network. Arguments go to `deno test`: files, folders or its options. " +
    "The last line counts what passed and what failed.",
  examples: [
    ["deno task test", "runs all tests"],
    ["deno task test tests/dataset", "runs the tests of one folder"],
    ["deno task test --filter metadata", "runs the tests with a word in their name"],
  ],
})
  .argument("[arguments...]", "files, folders or options of `deno test`")
  .allowUnknownOption()
  .action(async () => {
    const { code, counts } = await runTests(Deno.args);
    console.log(counts.line);
    Deno.exit(code !== 0 ? code : counts.failed > 0 ? 1 : 0);
  });

/** How many tests there were, from the summary that `deno test` ends with. */
export interface TestCounts {
  /** Tests that passed. */
  passed: number;
  /** Tests that failed, files that could not be loaded among them. */
  failed: number;
  /** Tests that did not apply here. */
  skipped: number;
  /** The same as a person reads it: `212 passed, 0 failed`, with `, 3 skipped` where there are any. */
  line: string;
}

/**
 * Counts the tests in what `deno test` wrote. A run that failed without naming a failed test, such as one that could not
 * start, counts as one failure.
 */
export function countTests(output: string, { success }: { success: boolean }): TestCounts {
  const summary = stripVTControlCharacters(output).split("\n")
    .findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line)) ?? "";
  const number = (word: string) => Number(summary.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  const passed = number("passed");
  const failed = success ? number("failed") : Math.max(1, number("failed"));
  const skipped = number("ignored");
  const line = `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
  return { passed, failed, skipped, line };
}

async function runTests(args: readonly string[]): Promise<{ code: number; counts: TestCounts }> {
  const given = args.map((arg) => existsSync(givenPath(arg)) ? givenPath(arg) : arg);
  const files = given.some(existsSync) ? [] : [join(PROJECT, "tests")];
  Deno.env.delete("INIT_CWD"); // Tests call tasks from other folders than the one that this was called in.
  // Types are checked by `deno task ok`. Servers on this machine are all the network that a test may use.
  const permissions = ["read", "write", "env", "run", "ffi", "sys", "net=127.0.0.1,localhost"];
  const flags = ["--frozen", "--no-check", ...permissions.map((permission) => `--allow-${permission}`)];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", ...flags, ...given, ...files],
    cwd: PROJECT,
    env: Deno.stdout.isTerminal() && !Deno.noColor ? { FORCE_COLOR: "1" } : {},
    stdout: "piped",
  });
  await using tests = command.spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of tests.stdout) {
    for (let written = 0; written < chunk.length;) {
      written += await Deno.stdout.write(chunk.subarray(written));
    }
    output += decoder.decode(chunk, { stream: true });
  }
  const { code, success } = await tests.status;
  return { code, counts: countTests(output, { success }) };
}

if (import.meta.main) await runTask(task);
