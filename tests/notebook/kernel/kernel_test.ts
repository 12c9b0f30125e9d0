import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../../lib/support/project.ts";
import { temporaryFolder } from "../../_folders.ts";
import { type Executed, startClient } from "./_client.ts";

const metadata = `import { readMetadata } from "../lib/dataset/metadata.ts";
const entries = await readMetadata("../tests/fixtures/notebooks/metadata.csv");
entries.length`;

/** So that no time decides whether types are shown before their cell runs. */
const WAITING = { THORAX_TYPES_WAIT: "300" };

Deno.test("a kernel that shows errors, helps and cannot be killed by an interrupt", async (t) => {
  await using client = await startClient({ variables: WAITING });

  await t.step("a syntax error is shown with line, caret and message, and the cell fails", async () => {
    const { outputs, reply } = await client.execute("const fine = 1;\nconst x = {");
    assert.equal(reply.status, "error");
    assert.deepEqual(outputs.map(({ kind }) => kind), ["error"]);
    assert.equal(outputs[0]!.ename, "SyntaxError");
    assert.equal(
      outputs[0]!.traceback!.join("\n"),
      "SyntaxError: line 2, column 12: '}' expected\n  const x = {\n             ^\nNothing of the cell was run.",
    );
  });

  await t.step("a magic is answered by what to write instead", async () => {
    const { outputs } = await client.execute("%time 1 + 1");
    assert.match(outputs[0]!.evalue!, /there are no magics .* write time\(\(\) => 1 \+ 1\)/);
  });

  await t.step("a type error is shown before the cell runs, with its quick fix", async () => {
    const { outputs, reply } = await client.execute("const word = 'a';\nword.lenght;\n'ran'");
    assert.equal(reply.status, "ok");
    assert.deepEqual(outputs.map(({ kind }) => kind), ["stream", "execute_result"]);
    const [head, line, carets, ...fixes] = outputs[0]!.text!.split("\n");
    assert.match(head!, /^line 2, column 6: Property 'lenght' does not exist .*'length'\? \(TS2551\)$/);
    assert.deepEqual([line, carets], ["  word.lenght;", "       ^^^^^^"]);
    assert.match(fixes.join(), /quick fix: Change spelling to 'length'/);
  });

  await t.step("cells that ran are context; a name declared anew is that of the last cell", async () => {
    await client.execute(metadata, { cell: "a" });
    assert.match(
      shown(await client.execute("entries[0].labls")),
      /'labls' does not exist on type 'Entry'/,
    );
    await client.execute("const value: number = 1", { cell: "b" });
    await client.execute("const value: string = 'one'", { cell: "c" });
    assert.equal(shown(await client.execute("value.toUpperCase()")), "");
    assert.match(
      shown(await client.execute("value.toFixed()")),
      /'toFixed' does not exist on type 'string'/,
    );
  });

  await t.step("Tab completes members and option names with their types", async () => {
    const { matches, cursor_start, metadata } = await client.complete("const é = 1;\nentries[0].pa");
    assert.deepEqual(matches, ["patient"]);
    assert.equal(cursor_start, 24);
    assert.match(metadata._jupyter_types_experimental[0]!.signature, /Entry\.patient: /);
    assert.ok((await client.complete("entries[0].")).matches.includes("labels"));
    await client.execute('import { undersample } from "../lib/dataset/undersample.ts";');
    assert.ok((await client.complete("undersample(entries, { ")).matches.includes("keepNormal"));
  });

  await t.step("Shift+Tab shows signature and documentation", async () => {
    const { found, data } = await client.inspect("readMetadata(");
    assert.ok(found);
    assert.match(data["text/plain"]!, /readMetadata\(file: string\)/);
    assert.match(data["text/plain"]!, /Reads and checks/);
  });

  for (
    const [what, code] of [
      ["that waits", "await new Promise(() => {})"],
      ["that computes", "while (true) {}"],
      [
        "that loops over what it waits for",
        "for await (const _ of (async function* () { while (true) yield await new Promise((r) => setTimeout(r, 5)); })()) {}",
      ],
    ] as const
  ) {
    await t.step(`a cell ${what} is ended by an interrupt, and variables live on`, async () => {
      await client.execute("const kept = 41;");
      const { reply, outputs, alive } = await client.execute(code, { interrupt: 0.5 });
      assert.equal(reply.ename, "Interrupted");
      assert.equal(outputs.at(-1)!.kind, "error");
      assert.ok(alive);
      const { outputs: [result] } = await client.execute("kept + 1");
      assert.equal(result!.data!["text/plain"], "42");
    });
  }

  await t.step("an interrupt while nothing runs does nothing", async () => {
    await client.execute("1", { interrupt: 0.3, then: 0.6 });
    assert.equal((await client.execute("'alive'")).reply.status, "ok");
  });

  await t.step("what listens to interrupts itself is left to end by itself", async () => {
    const { outputs, reply } = await client.execute(
      `import { untilInterrupted } from "../lib/notebook/until_interrupted.ts";
await untilInterrupted(async (signal) => {
  console.log("it listens");
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
  return "ended by itself";
})`,
      { interruptAt: "it listens" },
    );
    assert.equal(reply.status, "ok");
    assert.equal(outputs.at(-1)!.data!["text/plain"], '"ended by itself"');
  });

  await t.step("time says how long a piece of code takes, and needs no import", async () => {
    const { outputs } = await client.execute("(await time(() => 6 * 7)).value", { then: 1 });
    assert.equal(shown({ outputs, late: [], reply: { status: "ok" }, alive: true }), "");
    assert.match(outputs[0]!.text!, /^\d+\.\d m?s\n$/);
    assert.equal(outputs[1]!.data!["text/plain"], "42");
  });

  await t.step("a tensor shows its values, an array of objects is a table", async () => {
    const { outputs: [tensor] } = await client.execute(
      'import { tf } from "../lib/tensorflow/mod.ts";\ntf.tensor2d([[1, 2], [3, 4]])',
    );
    assert.equal(tensor!.data!["text/plain"], "Tensor float32 [2, 2]\n    [[1, 2],\n     [3, 4]]");
    const { outputs: [table] } = await client.execute("entries");
    assert.match(table!.data!["text/html"]!, /<th scope="row" style="text-align:left">a\.png<\/th>/);
    const { outputs: [printed] } = await client.execute("console.log('set:', entries)");
    assert.match(printed!.text!, /^set: \d+ entries\nImage +Findings/);
    const { outputs: [numbers] } = await client.execute("[1, 2]");
    assert.deepEqual(numbers!.data, { "text/plain": "[ 1, 2 ]" });
  });

  await t.step("errors that come late are shown, whatever is thrown", async () => {
    const { outputs, late } = await client.execute(
      `setTimeout(() => { throw { code: 7 }; }, 300); Promise.reject(new Error("nobody waits")); 5`,
      { until: "{ code: 7 }" },
    );
    const text = [...outputs, ...late].map(({ text = "" }) => text).join("");
    assert.match(text, /Late error \(it was rejected and nobody waits for it\): Error: nobody waits/);
    assert.match(text, /Late error \(it was thrown after its cell had ended\): \{ code: 7 \}/);
  });
});

Deno.test("type errors can end a cell before it runs", async () => {
  await using client = await startClient({ variables: { ...WAITING, THORAX_TYPES: "error" } });
  const { outputs, reply } = await client.execute(
    "Reflect.set(globalThis, 'ran', true);\nconst n: number = 'one';",
  );
  assert.equal(reply.status, "error");
  assert.match(outputs[0]!.evalue!, /line 2, column 7: Type 'string' is not assignable to type 'number'/);
  assert.equal(
    (await client.execute("String(Reflect.get(globalThis, 'ran'))")).outputs[0]!.data!["text/plain"],
    '"undefined"',
  );
});

Deno.test("types that come late, and a relay that is killed", async (t) => {
  await using client = await startClient({ variables: { THORAX_TYPES_WAIT: "0" } });
  await t.step("types follow", async () => {
    const { outputs, late } = await client.execute("const n: number = 'one'; 5", { until: "not assignable" });
    const shown = [...outputs, ...late];
    assert.equal(shown.find(({ kind }) => kind === "execute_result")!.data!["text/plain"], "5");
    assert.match(shown.find(({ name }) => name === "stderr")!.text!, /^line 1, column 7: Type 'string'/);
  });
  await t.step("the kernel ends with its relay, though a cell computes", async () => {
    const { outputs } = await client.execute("String(Deno.pid)");
    const pid = Number(JSON.parse(outputs[0]!.data!["text/plain"]!));
    assert.ok(await isAlive(pid));
    await client.killDuring("while (true) {}");
    const deadline = Date.now() + 60_000;
    while (await isAlive(pid) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(!await isAlive(pid));
  });
});

Deno.test("in a folder of another project cells are stopped, and late errors are shown, all the same", async () => {
  await using folder = await temporaryFolder();
  await using client = await startClient({ folder: folder.path, variables: WAITING });
  await client.execute("const kept = 41;");
  const { reply, alive } = await client.execute("while (true) {}", { interrupt: 0.5 });
  assert.deepEqual([reply.ename, alive], ["Interrupted", true]);
  const { outputs: [result] } = await client.execute("kept + 1");
  assert.equal(result!.data!["text/plain"], "42");
  const { late, outputs } = await client.execute(
    "setTimeout(() => { throw new Error('late error'); }, 50);",
    { until: "late error" },
  );
  assert.match(JSON.stringify([...outputs, ...late]), /late error/);
});

Deno.test("an edited file is taken by the next cell that imports it, with what depends on it", async () => {
  const folder = await Deno.makeTempDir({
    dir: join(import.meta.dirname!, "..", "..", "fixtures"),
    prefix: "edited-",
  });
  try {
    const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
    const { imports } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
    const packages = Object.entries(imports).filter(([, target]) => /^npm:/.test(target as string));
    await write(
      "deno.json",
      JSON.stringify({ imports: { ...Object.fromEntries(packages), room: "./above.ts" } }),
    );
    await write("below.ts", "export const below = 1;\n");
    await write("state.ts", "export const state = { count: 0 };\n");
    await write(
      "above.ts",
      `import { below } from "./below.ts";\nimport { state } from "./state.ts";\nexport const above = below + 10;\nexport { state };\n`,
    );
    await using client = await startClient({ folder, variables: WAITING });
    const cell = (from: string) => `import { above, state } from "${from}";\n[above, state.count++].join()`;
    const value = ({ outputs }: Executed) =>
      outputs.find(({ kind }) => kind === "execute_result")!.data!["text/plain"];
    assert.equal(value(await client.execute(cell("./above.ts"), { cell: "path" })), '"11,0"');
    assert.equal(value(await client.execute(cell("room"), { cell: "name" })), '"11,1"');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await write("below.ts", "export const below = 2;\n");
    const again = await client.execute(cell("room"), { cell: "name" });
    assert.equal(value(again), '"12,2"');
    assert.match(
      shown(again),
      /^Edited: below\.ts\. Cells that import it .* A cell that imported from there/,
    );
    assert.equal(value(await client.execute(cell("./above.ts"), { cell: "path" })), '"12,3"');
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Whether a process runs; on Linux, one that has ended may still be listed. */
async function isAlive(pid: number): Promise<boolean> {
  // Deno itself reads nothing in /proc without all rights.
  const status = await new Deno.Command("cat", { args: [`/proc/${pid}/status`], stderr: "null" }).output();
  if (status.success) return !/^State:\s+[ZX]/m.test(new TextDecoder().decode(status.stdout));
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

/** What a cell wrote on standard error. */
function shown({ outputs, late }: Executed): string {
  return [...outputs, ...late].filter(({ name }) => name === "stderr").map(({ text }) => text).join("");
}
