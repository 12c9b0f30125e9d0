import assert from "node:assert/strict";
import { cellContext } from "../../../lib/notebook/kernel/cell_context.ts";
import { interruptibleCell, parseCell, renameInCell } from "../../../lib/notebook/kernel/parse_cell.ts";

Deno.test("a cell is judged after the cells that ran, without its own earlier version", () => {
  const context = cellContext();
  context.add("a", "const a = 1;");
  context.add("b", "const b = a;");
  assert.deepEqual(context.around("b", "const b = 2;"), {
    text: "const a = 1;\n;\nconst b = 2;\nexport {};\n",
    linesBefore: 2,
    charactersBefore: 15,
  });
});

Deno.test("a name that is declared anew is renamed where it stands for the variable", () => {
  const rename = (code: string) => renameInCell(code, "x", "y");
  assert.equal(
    rename("const x: number = 1; f(x, { x, x: 2 }, o.x, `${x}`, 'x');"),
    "const y: number = 1; f(y, { x: y, x: 2 }, o.x, `${y}`, 'x');",
  );
  assert.equal(rename('import { x, z as x2 } from "x";'), 'import { x as y, z as x2 } from "x";');
  assert.equal(rename('import { z as x } from "x";'), 'import { z as y } from "x";');
  assert.equal(rename("const { x, z: [q], ...rest } = o;"), "const { x: y, z: [q], ...rest } = o;");
});

Deno.test("the names that a cell declares", () => {
  const code = `import d, { a as b } from "m"; import * as n from "m";
const { p, q: [r] } = o; let s; function t() { const inner = 1; } class U {} interface V {} type W = 1; enum X {}`;
  assert.deepEqual(parseCell(code).declared, ["d", "b", "n", "p", "r", "s", "t", "U", "V", "W", "X"]);
});

Deno.test("what a cell waits for can be ended, what its functions wait for is theirs", () => {
  const until = `globalThis[Symbol.for("thorax.until")]`;
  assert.equal(
    interruptibleCell("const a = await f(await g());"),
    `const a = await ${until}(f(await ${until}(g())));`,
  );
  assert.equal(
    interruptibleCell("for await (const x of xs) {}"),
    `for await (const x of ${until}.each(xs)) {}`,
  );
  for (
    const code of ["async () => { await f(); }", "class A { async b() { await c(); } }", "1 +", "'await x'"]
  ) {
    assert.equal(interruptibleCell(code), code);
  }
});
