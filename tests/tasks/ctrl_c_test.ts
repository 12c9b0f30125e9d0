import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { random } from "../../lib/support/random.ts";
import { isDraftName } from "../../lib/support/draft_folder.ts";
import { bitsOf } from "../_folders.ts";
import { endingOf } from "./_project.ts";
import { smallRun } from "./_small_run.ts";
import { writingLines } from "./_writing_lines.ts";

/** What changes a run that is there: it may be further than before, and has to be whole. */
const CHANGES_THE_RUN = new Set(["train", "evaluate", "runs"]);

/** Seconds within which a task has begun. */
const BEGUN = 2;

Deno.test("Ctrl-C ends every task that writes without a trace of it: no draft, no half file, one line", async (t) => {
  await using project = await smallRun();
  await using writing = await writingLines(project);
  const { fixed, lines } = writing;
  const { uniform } = random(5, "Ctrl-C");
  const run = () => bitsOf(join(fixed, "run"));
  for (const [task, ...args] of lines) {
    await t.step(`${task} ${args.join(" ").replaceAll(project.path, "")}`, async () => {
      const before = await run();
      const process = await project.start(task, args);
      const press = setTimeout(() => process.kill("SIGINT"), 1000 * BEGUN * uniform());
      const { code, stderr } = await endingOf(process);
      clearTimeout(press);
      // What had not begun to listen is ended by the signal itself, and what was quicker has ended well.
      assert([0, 130].includes(code), `${code}: ${stderr}`);
      assert.doesNotMatch(stderr, /\n +at |^error: Uncaught/m);
      if (!CHANGES_THE_RUN.has(task)) assert.deepEqual(await run(), before);
      assert.deepEqual(draftsIn(fixed), []);
    });
  }
  const { code, stderr } = await project.run("runs", ["--dir", fixed]);
  assert.equal(code, 0, stderr);
  if (!existsSync(join(fixed, "run", "config.json"))) return;
  const ended = await project.run("train", ["--run", join(fixed, "run"), "--resume"]);
  assert.equal(ended.code, 0, ended.stderr);
});

/** The drafts in a folder and below it. */
function draftsIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => [
    ...(isDraftName(name) ? [name] : []),
    ...(isDirectory ? draftsIn(join(folder, name)) : []),
  ]);
}
