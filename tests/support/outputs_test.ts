import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/support/input_error.ts";
import { checkOutputFolder } from "../../lib/support/outputs.ts";
import { writeSummed } from "../../lib/support/summed_folder.ts";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { testProject } from "../tasks/_project.ts";

/** Writes files with `writeOutput`, in a process whose project is another one, so that no record is left in this one. */
async function write(
  project: string,
  given: { file: string; text: string; inputs?: string[]; overwrite?: boolean },
) {
  const code = `
    import { writeOutput } from "./lib/support/outputs.ts";
    const { file, text, ...options } = JSON.parse(Deno.args[0]);
    await writeOutput(file, text, options).catch(({ name, message }) => console.log(name + ": " + message));`;
  await Deno.writeTextFile(join(project, "write.ts"), code);
  const args = ["run", "-A", "--no-check", "--no-config", "write.ts", JSON.stringify(given)];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: project }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("an output replaces only what was written this way, or what is to be overwritten, and no input", async () => {
  await using project = await testProject();
  await using folder = await temporaryFolder();
  const file = join(folder.path, "split.csv");
  assert.equal(await write(project.path, { file, text: "first" }), "");
  assert.equal(await write(project.path, { file, text: "second" }), "");
  assert.equal(await Deno.readTextFile(file), "second");
  const [record] = Object.keys(await bitsOf(join(project.path, "data/outputs")));
  const check = await new Deno.Command("sha256sum", {
    args: ["--check", "--strict", join(project.path, "data/outputs", record!)],
  }).output();
  assert.equal(new TextDecoder().decode(check.stdout), `${file}: OK\n`);

  await Deno.writeTextFile(file, "edited");
  const refusal =
    `InputError: ${file}: is there already, and not as this task wrote it: name another place, ` +
    "or replace it with --overwrite";
  assert.equal(await write(project.path, { file, text: "third" }), refusal);
  assert.equal(await write(project.path, { file, text: "third", overwrite: true }), "");
  assert.equal(await write(project.path, { file, text: "fourth" }), "");

  const link = join(folder.path, "link.csv");
  await Deno.symlink(file, link);
  const isInput = (path: string) =>
    `InputError: ${path}: this command reads it, so it is not written over: name another place`;
  for (const output of [file, link]) {
    const given = { file: output, text: "fifth", inputs: [file], overwrite: true };
    assert.equal(await write(project.path, given), isInput(output));
  }
  assert.equal(
    await write(project.path, { file: folder.path, text: "", overwrite: true }),
    `InputError: ${folder.path}: is a folder, not a file`,
  );
  assert.equal(await Deno.readTextFile(file), "fourth");
});

Deno.test("no output is written over a file of a folder with checksums, such as a run's, though it is to be overwritten", async () => {
  await using project = await testProject();
  await using folder = await temporaryFolder();
  const run = await Deno.realPath(folder.path);
  await Deno.mkdir(join(run, "test"));
  const kept = ["split.csv", "test/predictions.csv", "SHA256SUMS"];
  for (const file of kept) await Deno.writeTextFile(join(run, file), "kept");
  await Deno.writeTextFile(
    join(run, "SHA256SUMS"),
    `${"0".repeat(64)}  split.csv\n${"0".repeat(64)}  test/predictions.csv\n`,
  );
  await Deno.symlink(join(run, "split.csv"), join(run, "link.csv"));
  const before = await bitsOf(run);
  for (const file of [...kept, "link.csv"].map((name) => join(run, name))) {
    assert.equal(
      await write(project.path, { file, text: "other", overwrite: true }),
      `InputError: ${file}: belongs to ${run}, so it is not written over: name another place`,
    );
  }
  assert.deepEqual(await bitsOf(run), before);
  assert.equal(await write(project.path, { file: join(run, "mine.csv"), text: "other" }), "");
});

Deno.test("a folder of files with checksums, such as a run's, is filled with no others", async () => {
  await using folder = await temporaryFolder();
  const dir = join(await Deno.realPath(folder.path), "run");
  await writeSummed({ dir, kind: "run" }, { "a.csv": "a", "test/b.json": "{}" });
  await Deno.mkdir(join(dir, "page"));
  await Deno.symlink(dir, join(folder.path, "link"));
  for (const given of [dir, join(dir, "test"), join(folder.path, "link")]) {
    await assert.rejects(
      checkOutputFolder(given),
      new InputError(
        `${given}: has files of ${
          join(dir, "SHA256SUMS")
        }, such as a run's, so no others are written among them: name ` +
          "another folder",
      ),
    );
  }
  await assert.rejects(
    checkOutputFolder(join(dir, "a.csv")),
    new InputError(`${join(dir, "a.csv")}: is a file, not a folder`),
  );
  for (const name of ["page", "te", "new", "new/page"]) await checkOutputFolder(join(dir, name));
  await checkOutputFolder(folder.path);
  await checkOutputFolder(join(folder.path, "new"));
});
