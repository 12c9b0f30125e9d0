import assert from "node:assert/strict";
import { readJson, type ReadJsonOptions } from "../../lib/support/read_json.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { withFile } from "../dataset/_files.ts";

async function refuses(content: string, message: string, options: ReadJsonOptions = {}): Promise<void> {
  await withFile("a.json", content, async (file) => {
    const started = performance.now();
    await assert.rejects(readJson(file, options), new InputError(file + message), content.slice(0, 50));
    assert(performance.now() - started < 10_000);
  });
}

Deno.test("readJson() reads JSON, and comments and trailing commas where asked", async () => {
  const text = '\ufeff{"a": [1, -2.5e3, null, true, "\\u00e9\\n"], "b": {"a": {}}}';
  const value = { a: [1, -2500, null, true, "\u00e9\n"], b: { a: {} } };
  for (const comments of [false, true]) {
    await withFile(
      "a.json",
      text,
      async (file) => assert.deepEqual(await readJson(file, { comments }), value),
    );
  }
  await withFile("a.jsonc", '// x\n{"a": 1, /* y */}', async (file) => {
    assert.deepEqual(await readJson(file, { comments: true }), { a: 1 });
  });
});

Deno.test("readJson() names the line and what is wrong there", async () => {
  await refuses("", ", line 1: not JSON: value expected at the end");
  await refuses('{\n "a" 1}', ', line 2: not JSON: colon expected at "1"');
  await refuses('{"a": NaN}', ', line 1: not JSON: invalid symbol at "NaN"');
  await refuses('{"a": 1', ", line 1: not JSON: close brace expected at the end");
  await refuses('{"a": 1}\n}', ', line 2: not JSON: end of file expected at "}"');
  await refuses('// x\n{"a": 1}', ', line 1: not JSON: invalid comment token at "// x"');
  await refuses('{"a": 1,}', ', line 1: not JSON: property name expected at "}"');
  await refuses('"\x1b[2J"', ', line 1: not JSON: invalid character at ""\\x1b[2J""');
});

Deno.test("readJson() refuses a key that is there twice in one object", async () => {
  for (const comments of [false, true]) {
    await refuses('{"a": {"b": 1},\n "b": 2,\n "a": 3}', ', line 3: "a" is there twice', { comments });
    await refuses('{"__proto__": {}}', ', line 1: "__proto__" is no name', { comments });
  }
});

Deno.test("readJson() refuses 200,000 brackets in each other, at once", async () => {
  for (const comments of [false, true]) {
    const message = ", line 1: more than 64 objects and lists in each other";
    await refuses("[".repeat(200_000), message, { comments });
    await refuses('{"a":'.repeat(200_000), message, { comments });
    await refuses("[".repeat(200_000) + "]".repeat(200_000), message, { comments });
  }
});

Deno.test("readJson() says what its caller says of a file that is missing", async () => {
  await assert.rejects(readJson("/none.json"), new InputError("/none.json: no such file"));
  await assert.rejects(readJson("/none.json", { missing: "no run" }), new InputError("no run"));
});
