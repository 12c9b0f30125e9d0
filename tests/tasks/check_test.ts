import assert from "node:assert/strict";
import { join } from "node:path";
import { testProject } from "./_project.ts";

const FIXTURES = join(import.meta.dirname!, "..", "fixtures", "notebooks");

Deno.test("deno task check names cell and line, and with --watch checks a notebook again when it is saved", async () => {
  await using project = await testProject();
  const notebook = join(project.path, "notebooks", "01_first.ipynb");
  await Deno.mkdir(join(project.path, "notebooks"));
  const save = (name: string) => Deno.copyFile(join(FIXTURES, `${name}.ipynb`), notebook);
  await save("mistaken");
  const refused = await project.run("check", ["01"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /'string' is not assignable to type 'number'/);
  assert.match(refused.stdout, /at notebooks\/01_first\.ipynb, cell 2, line 2$/m);
  assert.doesNotMatch(refused.stdout, /Stack backtrace/);
  assert.equal(refused.stderr, "error: The code of the notebooks has mistakes\n");
  const missing = await project.run("check", ["07"]);
  assert.equal(missing.stderr, 'error: There is no notebook "07"; there are 01_first.ipynb\n');

  const process = await project.start("check", ["--watch"]);
  let seen = "";
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const until = async (text: string) => {
    while (!seen.includes(text)) seen += (await reader.read()).value ?? assert.fail(seen);
    seen = "";
  };
  await until("not formatted files");
  await save("failing");
  await until("01_first.ipynb: sound (");
  await Deno.writeTextFile(notebook, "{");
  process.kill("SIGINT");
  reader.releaseLock();
  await process.status;
  await process.stdout.cancel().catch(() => {});
  await process.stderr.cancel();
});
