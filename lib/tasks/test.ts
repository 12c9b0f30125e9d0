import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { givenPath } from "../support/given_path.ts";
import { inParallel } from "../support/in_parallel.ts";
import { defineTask, runTask } from "./_command.ts";
import { PROJECT } from "../support/project.ts";

/** Where all tests are. */
const TESTS = join(PROJECT, "tests");

const task = defineTask("test", {
  description:
    "Runs the tests, all of them in two processes side by side. Needs no network. Arguments go to `deno test`: files, " +
    "folders or its options. The last line counts what passed and what failed.",
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
  return { passed, failed, skipped, line: lineOf({ passed, failed, skipped }) };
}

/** The counts of several runs together. */
export function sumOfCounts(all: readonly TestCounts[]): TestCounts {
  const sum = (of: "passed" | "failed" | "skipped") => all.reduce((sum, counts) => sum + counts[of], 0);
  const counts = { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
  return { ...counts, line: lineOf(counts) };
}

function lineOf({ passed, failed, skipped }: Omit<TestCounts, "line">): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

/** The file that takes longest, so that it comes first. */
const LONGEST = join(TESTS, "notebooks", "trained_run_in_jupyterlab_test.ts");

/** Folders whose files are run one by one, since they take long: they start browsers, kernels and tasks. */
const BY_FILE: ReadonlySet<string> = new Set(["library", "notebook", "notebooks", "page", "tasks"]);

/** All tests, divided into files and folders that can be run side by side; those that take long come first. */
async function allTests(): Promise<string[]> {
  const [long, short]: [string[], string[]] = [[], []];
  for (const { name, isDirectory } of await namesIn(TESTS)) {
    const path = join(TESTS, name);
    const files = isDirectory ? await testsBelow(path) : isTest(name) ? [path] : [];
    if (BY_FILE.has(name)) long.push(...files);
    else if (files.length > 0) short.push(path);
  }
  return [LONGEST, ...long.filter((file) => file !== LONGEST), ...short];
}

async function testsBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name, isDirectory } of await namesIn(folder)) {
    if (isDirectory) found.push(...await testsBelow(join(folder, name)));
    else if (isTest(name)) found.push(join(folder, name));
  }
  return found;
}

async function namesIn(folder: string): Promise<Deno.DirEntry[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).sort((a, b) => a.name < b.name ? -1 : 1);
}

function isTest(name: string): boolean {
  return name.endsWith("_test.ts");
}

async function runTests(args: readonly string[]): Promise<{ code: number; counts: TestCounts }> {
  const given = args.map((arg) => existsSync(givenPath(arg)) ? givenPath(arg) : arg);
  Deno.env.delete("INIT_CWD"); // Tests call tasks from other folders than the one that this was called in.
  if (given.some(existsSync)) return await runDenoTest(given, { show: print });
  const units = await allTests();
  const all: TestCounts[] = [];
  const failed: string[] = [];
  await inParallel(units, { workers: Math.min(2, navigator.hardwareConcurrency) }, async (unit) => {
    const chunks: Uint8Array[] = [];
    const { code, counts } = await runDenoTest([...given, unit], {
      show: (chunk) => void chunks.push(chunk),
    });
    await print(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).bytes());
    all.push(counts);
    if (code !== 0) failed.push(unit);
  });
  for (const unit of failed) console.log(`Failed: deno task test ${relative(PROJECT, unit)}`);
  return { code: failed.length > 0 ? 1 : 0, counts: sumOfCounts(all) };
}

async function print(bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await Deno.stdout.write(bytes.subarray(written));
}

/** Runs `deno test`; what it writes is handed on as it comes. */
async function runDenoTest(
  args: readonly string[],
  { show }: { show: (chunk: Uint8Array) => void | Promise<void> },
): Promise<{ code: number; counts: TestCounts }> {
  // Types are checked by `deno task ok`. Servers on this machine are all the network that a test may use.
  const permissions = ["read", "write", "env", "run", "ffi", "sys", "net=127.0.0.1,localhost"];
  const flags = ["--frozen", "--no-check", ...permissions.map((permission) => `--allow-${permission}`)];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", ...flags, ...args],
    cwd: PROJECT,
    env: Deno.stdout.isTerminal() && !Deno.noColor ? { FORCE_COLOR: "1" } : {},
    stdout: "piped",
  });
  await using tests = command.spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of tests.stdout) {
    await show(chunk);
    output += decoder.decode(chunk, { stream: true });
  }
  const { code, success } = await tests.status;
  return { code, counts: countTests(output, { success }) };
}

if (import.meta.main) await runTask(task);
