import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { watchEditedFiles } from "../../../lib/notebook/kernel/edited_files.ts";
import { importsIn, importTargets } from "../../../lib/notebook/kernel/import_targets.ts";
import { PROJECT } from "../../../lib/support/project.ts";

Deno.test("the imports of a text, however they are written", () => {
  const text = `import a from "./a.ts"; import type { B } from '../b.ts';
import "npm:c"; export * from "thorax/plots"; const d = await import(
  "./d.ts"); const from = "none";`;
  assert.deepEqual(importsIn(text), ["./a.ts", "../b.ts", "npm:c", "thorax/plots", "./d.ts"]);
});

Deno.test("the project's own import map says which file thorax/... is", () => {
  const targetOf = importTargets(join(PROJECT, "notebooks"));
  const cell = join(PROJECT, "notebooks", "cell.ts");
  const lib = (path: string) => join(PROJECT, "lib", path);
  assert.equal(targetOf("thorax/weights", cell), lib("weight_files/mod.ts"));
  assert.equal(targetOf("../lib/plots/roc.ts", cell), lib("plots/roc.ts"));
  assert.equal(targetOf("thorax/unheard-of", cell), null);
  assert.equal(targetOf("zod", cell), null);
  assert.equal(targetOf("node:path", cell), null);
});

Deno.test("what imports an edited file by a name of the import map is affected too", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
    await Deno.mkdir(join(folder, "room"));
    await write("deno.jsonc", `{ "imports": { /* rooms */ "room": "./room/mod.ts", "room/": "./room/" } }`);
    await write("room/one.ts", "export const one = 1;");
    await write("room/mod.ts", `export * from "./one.ts";`);
    await write("by_name.ts", `import { one } from "room"; export const two = one + 1;`);
    await write("by_prefix.ts", `export { one } from "room/one.ts";`);
    await write("aside.ts", `export { one } from "rooms/one.ts"; export * from "npm:room";`);
    const look = watchEditedFiles([folder], importTargets(folder));
    assert.deepEqual(look(), { changed: [], affected: new Set(), versions: {} });
    await write("room/one.ts", "export const one = 100;");
    await Deno.utime(join(folder, "room", "one.ts"), 5, 5);
    const paths = ["room/one.ts", "room/mod.ts", "by_name.ts", "by_prefix.ts"].map((name) =>
      join(folder, name)
    );
    const { changed, affected, versions } = look();
    assert.deepEqual(changed, [paths[0]]);
    assert.deepEqual([...affected].sort(), paths.toSorted());
    assert.deepEqual(versions, Object.fromEntries(paths.map((path) => [pathToFileURL(path).href, 1])));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
