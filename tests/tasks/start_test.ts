import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../lib/support/project.ts";
import { asksForHelp, valuesOf, withSplitFile, wordsOf } from "../../lib/tasks/_arguments.ts";
import { RIGHTS } from "../../lib/tasks/_rights.ts";
import { temporaryFolder } from "../_folders.ts";
import { endingOf } from "./_project.ts";

/** A project where nothing has been set up and there is no Python. */
async function bareProject() {
  const folder = await temporaryFolder();
  for (const name of ["lib", "tests", "deno.json", "deno.lock", "node_modules"]) {
    await Deno.symlink(join(PROJECT, name), join(folder.path, name));
  }
  const start = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--frozen", "--no-check", "--allow-read", "--allow-env", "--allow-run"],
        "lib/tasks/start.ts",
        ...args,
      ],
      cwd: folder.path,
      env: { NO_COLOR: "1", INIT_CWD: folder.path, PATH: "/nowhere" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  return { start, ...folder };
}

Deno.test("the values of a flag and the words beside flags are found as a command line has them", () => {
  const args = ["--run", "a", "b.png", "--run=c=d", "-x", "--", "--run", "-y.png"];
  assert.deepEqual(valuesOf("--run", args), ["a", "c=d"]);
  assert.deepEqual(valuesOf("--out", args), []);
  assert.deepEqual(valuesOf("--run", ["--run"]), []);
  assert.deepEqual(wordsOf(args), ["a", "b.png", "--run", "-y.png"]);
  assert.deepEqual(wordsOf(["a"]), ["a"]);
  assert.equal(asksForHelp(args), false);
  assert.equal(asksForHelp([...args, "--help"]), false);
  assert.equal(asksForHelp(["--run", "a", "-h"]), true);
});

Deno.test("every task's help is shown where nothing has been set up, and its rights know its paths", async () => {
  await using project = await bareProject();
  for (const [task, { paths = {}, anyFile }] of Object.entries(RIGHTS)) {
    const { code, stdout, stderr } = await endingOf(project.start(task, "--help"));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, task);
    assert.match(stdout, new RegExp(`^Usage: deno task ${task} `));
    assert.match(stdout, /\nExamples:\n/);
    assert.doesNotMatch(stdout.replaceAll(/\s+/g, " "), /\(default: [^)]*\) \(default: /, task);
    const flags = [...stdout.matchAll(/^ +(--[\w-]+) <(?:dir|file)> /gm)].map(([, flag]) => flag!);
    if (!anyFile) assert.deepEqual(flags.sort(), Object.keys(paths).sort(), task);
  }
  assert.ok(!existsSync(join(project.path, ".venv")) && !existsSync(join(project.path, "data")));
});

Deno.test("--split takes a file of a split as well", () => {
  const short = ["--data", "a", "--split", "b.CSV", "--seed=1"];
  assert.deepEqual(withSplitFile(short), ["--data", "a", "--split-file", "b.CSV", "--seed=1"]);
  assert.deepEqual(withSplitFile(["--split=b.csv"]), ["--split-file=b.csv"]);
  for (const kept of [["--split", "image"], ["--split"], ["--", "--split", "b.csv"]]) {
    assert.deepEqual(withSplitFile(kept), kept);
  }
});

Deno.test("a task whose set-up fails does not start", async () => {
  await using project = await bareProject();
  await Deno.mkdir(join(project.path, "data"));
  const { code, stdout, stderr } = await endingOf(project.start("split", "--out", "split.csv"));
  assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
  assert.match(stderr, /^(Info .*\n)?error: python3 is missing: type .*\n$/);
});

Deno.test("a task's mistake and its status come through, and so does Ctrl-C", async () => {
  await using project = await bareProject();
  const { code, stderr } = await endingOf(project.start("compare", "--run", "a"));
  assert.deepEqual([code, stderr], [1, "error: --run: has to be given twice, and was given once\n"]);
  const phantom = project.start("phantom", "--out", "set", "--images", "20000");
  const isBegun = () => [...Deno.readDirSync(project.path)].some(({ name }) => name.startsWith(".thorax-"));
  const deadline = Date.now() + 60_000;
  while (!isBegun() && Date.now() < deadline) await new Promise((next) => setTimeout(next, 20));
  phantom.kill("SIGINT");
  const ending = await endingOf(phantom);
  assert.equal(ending.code, 130, ending.stderr);
  assert.match(ending.stderr, /Stopped; nothing is left behind\.\n$/);
});

Deno.test("a task that there is not is one line", async () => {
  await using project = await bareProject();
  const ending = { code: 1, stdout: "", stderr: 'error: there is no task "trian"\n' };
  assert.deepEqual(await endingOf(project.start("trian")), ending);
});

Deno.test("set-up says that it is ready, also where it has nothing to do", async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "setup"],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  assert.deepEqual([code, stdout.length], [0, 0]);
  assert.equal(new TextDecoder().decode(stderr), "Ready: all of it was there already.\n");
});
