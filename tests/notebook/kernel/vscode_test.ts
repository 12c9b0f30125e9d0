import assert from "node:assert/strict";
import { join } from "node:path";
import { LANGUAGE_INFO } from "../../../lib/notebook/notebook_file.ts";
import { PROJECT } from "../../../lib/support/project.ts";
import { prepareJupyter } from "../../../lib/tasks/_jupyter.ts";
import { temporaryFolder } from "../../_folders.ts";
import type { Output } from "./_client.ts";

/** What a request was answered. */
interface Answered {
  reply: { status: string; ename?: string; execution_count?: number };
  outputs: Output[];
  /** The reply to the interrupt, where there was one. */
  interrupted: { status: string } | null;
}

Deno.test("the kernel answers VS Code's extension, which needs no Jupyter server", async () => {
  const venv = join(PROJECT, ".venv");
  await prepareJupyter(venv);
  await using folder = await temporaryFolder();
  const spec = join(venv, "share", "jupyter", "kernels", "deno", "kernel.json");
  const { stdout, stderr } = await new Deno.Command(join(venv, "bin", "python"), {
    args: [join(import.meta.dirname!, "_vscode.py"), spec, folder.path],
  }).output();
  const [text, complaints] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(complaints, "");
  const [info, silent, helper, cell, wrong, syntax, completed, inspected, input, waits, busy, idle, ...rest] =
    text!.trimEnd().split("\n").map((line) => JSON.parse(line));
  const [other, left, restarted, allLeft] = rest;
  const value = ({ outputs }: Answered) => outputs.at(-1)?.data?.["text/plain"];

  assert.equal(info.interrupt_mode, "message");
  assert.deepEqual(info.info.language_info, LANGUAGE_INFO, "it is what stored notebooks say");

  assert.deepEqual([silent.silent.reply.status, silent.silent.outputs], ["ok", []]);
  assert.equal(value(helper.helper), "41");
  assert.equal(cell.cell.reply.execution_count, 1, "what the extension runs for itself is not counted");
  assert.deepEqual(cell.cell.outputs.map(({ kind }: Output) => kind), ["stream", "execute_result"]);

  assert.match(wrong.wrong.outputs[0].text, /Property 'lenght' does not exist/);
  assert.equal(syntax.syntax.reply.ename, "SyntaxError");
  assert.ok(completed.complete.matches.includes("toFixed"));
  assert.match(inspected.inspect.data["text/plain"], /^\(method\) JSON\.stringify\(value: any/);
  assert.equal(value(input.input), '"Ada"');

  for (const { stopped, then } of [waits, busy]) {
    assert.deepEqual([stopped.interrupted, stopped.reply.ename], [{ status: "ok" }, "Interrupted"]);
    assert.equal(value(then), "42");
  }
  assert.deepEqual([idle.idle.reply.status, value(idle.then)], ["ok", "43"]);

  assert.equal(value(other.other), '"undefined"', "each kernel has variables of its own");
  assert.equal(left.left, 0, "processes of the first kernel are left");
  assert.deepEqual([value(restarted.restarted), value(restarted.other)], ['"undefined"', "42"]);
  assert.equal(allLeft.left, 0, "processes are left");
});
