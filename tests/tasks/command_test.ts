import assert from "node:assert/strict";
import { resolve } from "node:path";
import { checkFlags, ListOption } from "../../lib/tasks/_check_flags.ts";
import {
  anyPath,
  choiceOption,
  defineTask,
  explainError,
  fractionOption,
  integerOption,
  numberOption,
  pathOption,
} from "../../lib/tasks/_command.ts";
import { writeAtomically } from "../../lib/support/write_atomically.ts";
import { InputError } from "../../lib/support/input_error.ts";

async function parse(args: string[], isNeeded = false): Promise<Record<string, unknown>> {
  let flags: Record<string, unknown> = {};
  const task = defineTask("draw", { description: "Draws.", examples: [["deno task draw", "draws one"]] })
    .addOption(integerOption("--epochs <n>", { description: "epochs", minimum: 1, default: 30 }))
    .addOption(numberOption("--learning-rate <x>", { description: "rate", minimum: 0 }))
    .addOption(fractionOption("--keep-normal <fraction>", { description: "share" }))
    .addOption(choiceOption("--split <kind>", { description: "split", choices: ["image", "patient"] }))
    .addOption(pathOption("--data <dir>", { description: "images", exists: "folder" }))
    .addOption(pathOption("--out <file>", { description: "a file" }).makeOptionMandatory(isNeeded))
    .addOption(new ListOption("--run <dir>", "runs", anyPath))
    .option("--explain [finding]", "maps")
    .action((given) => {
      flags = given;
    });
  checkFlags(task, args);
  await task.parseAsync(args, { from: "user" });
  return flags;
}

async function complaint(...args: string[]): Promise<string | null> {
  try {
    await parse(args);
  } catch (error) {
    return explainError(error);
  }
  return null;
}

Deno.test("values of flags are checked and converted", async () => {
  assert.deepEqual(
    await parse(["--epochs", "3", "--learning-rate", "1e-3", "--keep-normal", "0.2", "--split", "image"]),
    { epochs: 3, learningRate: 0.001, keepNormal: 0.2, split: "image" },
  );
  assert.deepEqual(await parse(["--data", import.meta.dirname!, "--out", "-x"]), {
    epochs: 30,
    data: import.meta.dirname!,
    out: "-x",
  });
});

Deno.test("a flag is given once, unless its values become a list, and is no other flag's value", async (t) => {
  const good: [string[], Record<string, unknown>][] = [
    [["--run", "a", "--run=b", "--run", "a"], { run: ["a", "b", "a"] }],
    [["--out", "a", "--out=a"], { out: "a" }],
    [["--explain", "--out", "a"], { explain: true, out: "a" }],
    [["--explain", "Mass", "--out=--data"], { explain: "Mass", out: "--data" }],
  ];
  for (const [args, expected] of good) {
    await t.step(
      args.join(" "),
      async () => assert.deepEqual(await parse(args), { epochs: 30, ...expected }),
    );
  }
  const bad: [string[], string][] = [
    [["--out", "a", "--out", "b"], "option '--out <file>' is given twice, as 'a' and as 'b'"],
    [
      ["--epochs=1", "--out", "a", "--epochs", "2"],
      "option '--epochs <n>' is given twice, as '1' and as '2'",
    ],
    [["--data", "--out", "a"], "option '--data <dir>' argument missing"],
    [["--data", "--out=a"], "option '--data <dir>' argument missing"],
    [["--oout", "a"], "unknown option '--oout' (Did you mean --out?)"],
    [[], "required option '--out <file>' not specified"],
  ];
  for (const [args, expected] of bad) {
    await t.step(args.join(" "), async () => {
      const line = await parse(args, true).then(() => null, explainError);
      assert.equal(line, expected);
    });
  }
});

Deno.test("a wrong flag or value is one line that names both", async (t) => {
  const folder = "option '--data <dir>' argument";
  const cases: [string[], string][] = [
    [["--epoch", "3"], "unknown option '--epoch' (Did you mean --epochs?)"],
    [["--epochs", "0"], "option '--epochs <n>' argument '0' is invalid. Expected an integer of at least 1."],
    [
      ["--epochs", "3.5"],
      "option '--epochs <n>' argument '3.5' is invalid. Expected an integer of at least 1.",
    ],
    [["--epochs", ""], "option '--epochs <n>' argument '' is invalid. Expected an integer of at least 1."],
    [
      ["--epochs", "1e3"],
      "option '--epochs <n>' argument '1e3' is invalid. Expected an integer of at least 1.",
    ],
    [["--epochs"], "option '--epochs <n>' argument missing"],
    [
      ["--learning-rate", "0x1"],
      "option '--learning-rate <x>' argument '0x1' is invalid. Expected a number of at least 0.",
    ],
    [
      ["--learning-rate", "Infinity"],
      "option '--learning-rate <x>' argument 'Infinity' is invalid. Expected a number of at least 0.",
    ],
    [
      ["--keep-normal", "1.1"],
      "option '--keep-normal <fraction>' argument '1.1' is invalid. Expected a number from 0 to 1.",
    ],
    [
      ["--split", "x"],
      "option '--split <kind>' argument 'x' is invalid. Allowed choices are image, patient.",
    ],
    [["--data", "/no/such"], `${folder} '/no/such' is invalid. There is no such folder.`],
    [
      ["--data", import.meta.filename!],
      `${folder} '${import.meta.filename!}' is invalid. Expected a folder, not a file.`,
    ],
    [["--out", ""], "option '--out <file>' argument '' is invalid. Expected a path."],
    [["--run", ""], "option '--run <dir>' argument '' is invalid. Expected a path."],
    [["stray"], "too many arguments. Expected 0 arguments but got 1: stray."],
  ];
  for (const [args, expected] of cases) {
    await t.step(args.join(" "), async () => assert.equal(await complaint(...args), expected));
  }
});

Deno.test("what the user can mend is explained in one line that names the path", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/file`;
    await Deno.writeTextFile(file, "");
    const reason = (work: () => Promise<unknown>) => work().then(() => "no error", explainError);
    assert.equal(
      await reason(() => Deno.readTextFile(`${folder}/none`)),
      `${folder}/none: no such file or folder`,
    );
    assert.equal(await reason(() => Deno.readTextFile(folder)), `${folder}: is a folder, not a file`);
    assert.equal(await reason(() => Deno.mkdir(folder)), `${folder}: exists already`);
    assert.equal(await reason(() => writeAtomically(folder, "")), `${folder}: is a folder, not a file`);
    assert.equal(await reason(() => writeAtomically(`${file}/x`, "")), `${file}: exists already`);
    assert.equal(await reason(() => Deno.remove(folder)), `${folder}: the folder is not empty`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.equal(explainError(new InputError("a.csv, row 2:\n  bad")), "a.csv, row 2:\\n  bad");
  assert.equal(
    explainError(
      new Deno.errors.NotCapable('Requires write access to "/x", run again with the --allow-write flag'),
    ),
    '"/x": this task has no permission to write there',
  );
  assert.equal(
    explainError(
      new Deno.errors.NotCapable('Requires all access to "/dev/x", run again with the --allow-all flag'),
    ),
    "/dev/x: is a part of the system, closed to tasks",
  );
  const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  assert.equal(explainError(full), "no space left on the disk");
  assert.equal(explainError(Object.assign(full, { path: "/x/y" })), "/x/y: no space left on the disk");
});

Deno.test("a defect of ours is not explained away", () => {
  assert.equal(explainError(new TypeError("x is undefined")), null);
  assert.equal(explainError("thrown text"), null);
});

Deno.test("a task ends with status 0, 1 with one line, or its stack trace", async (t) => {
  const program = (action: string) =>
    `import { defineTask, runTask } from "./lib/tasks/_command.ts";
     import { InputError } from "./lib/support/input_error.ts";
     const task = defineTask("draw", { description: "Draws.", examples: [["deno task draw --all", "draws all"]] })
       .option("--all", "draw all").action(() => { ${action} });
     await runTask(task);`;
  const run = async (action: string, args: string[] = []) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-read", "--allow-env", "--ext=ts", "-", ...args],
      cwd: resolve(import.meta.dirname!, "../.."),
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = command.stdin.getWriter();
    await writer.write(new TextEncoder().encode(program(action)));
    await writer.close();
    const { code, stdout, stderr } = await command.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  };
  await t.step("done", async () => {
    assert.deepEqual(await run(`console.log("drawn")`), { code: 0, stdout: "drawn\n", stderr: "" });
  });
  await t.step("help", async () => {
    const { code, stdout, stderr } = await run("", ["--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^Usage: deno task draw \[options\]\n\nDraws\.\n/);
    assert.match(stdout, /\nExamples:\n {2}deno task draw --all\n {6}draws all\n$/);
  });
  await t.step("unknown flag", async () => {
    const ending = { code: 1, stdout: "", stderr: "error: unknown option '--al' (Did you mean --all?)\n" };
    assert.deepEqual(await run("", ["--al"]), ending);
  });
  await t.step("mistake of the user", async () => {
    const ending = { code: 1, stdout: "", stderr: "error: a.csv: no rows\n" };
    assert.deepEqual(await run(`throw new InputError("a.csv: no rows")`), ending);
  });
  await t.step("defect", async () => {
    const { code, stderr } = await run(`throw new TypeError("ours")`);
    assert.equal(code, 1);
    assert.match(stderr, /TypeError: ours\n.* at /s);
  });
});
