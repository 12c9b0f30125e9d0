import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../lib/support/project.ts";
import { drawArchitecture } from "./architecture.ts";
import { circles, crowdedRooms, layoutOf, strangers, upwardImports } from "./complaints.ts";
import { type Imports, readImports, readLines } from "./imports.ts";

const README = `
    notebooks/       steps
    lib/low/         what is below & knows nothing
    lib/middle/      what is between
    lib/high/        what is above
    tests/           tests, with deno.json
`;

const LAYOUT = layoutOf(README);

function importsOf(imports: Record<string, string[]>): Imports {
  return new Map(Object.entries(imports));
}

Deno.test("the rooms are those that README lists, lowest first", () => {
  assert.deepEqual(LAYOUT.rooms.map(({ name }) => name), ["low", "middle", "high"]);
  assert.equal(LAYOUT.rooms[0]!.holds, "what is below & knows nothing");
});

Deno.test("an import from a room above, from outside of lib/ or in a room without a name is named", () => {
  const imports = importsOf({
    "lib/low/a.ts": ["lib/low/b.ts"],
    "lib/low/b.ts": ["lib/high/d.ts"],
    "lib/middle/c.ts": ["lib/low/a.ts", "tests/bench/bench.ts"],
    "lib/high/d.ts": ["lib/middle/c.ts", "lib/low/b.ts"],
    "lib/hidden/e.ts": [],
  });
  assert.deepEqual(upwardImports(imports, LAYOUT), [
    "lib/low/b.ts imports lib/high/d.ts, which does not stand below it",
    "lib/middle/c.ts imports tests/bench/bench.ts, which does not stand below it",
    "lib/hidden/e.ts: README lists no room of this name",
  ]);
});

Deno.test("a circle of imports is named with its files, a file that imports itself too", () => {
  const diamond = importsOf({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] });
  assert.deepEqual(circles(diamond), []);
  assert.deepEqual(circles(importsOf({ a: ["b"], b: ["c"], c: ["b"], d: ["d"] })), [
    "a circle of imports: b -> c -> b",
    "a circle of imports: d -> d",
  ]);
});

Deno.test("a room with more than 15 % of the lines is named, one with just as many is not", () => {
  const lines = new Map([
    ["lib/low/a.ts", 75],
    ["lib/low/b.ts", 75],
    ["lib/middle/c.ts", 151],
    ["lib/mod.ts", 699],
  ]);
  assert.deepEqual(crowdedRooms(lines), [
    "lib/middle/ holds 151 of 1000 lines, 15.1 %: more than 15.0 % are more than one room",
  ]);
});

Deno.test("the lines of lib/ are counted as wc counts them", async () => {
  const lines = await readLines();
  assert.deepEqual([...lines.keys()].sort(), [...(await readImports()).keys(), "lib/mod.ts"].sort());
  const file = "lib/dataset/split.ts";
  const { stdout } = await new Deno.Command("wc", { args: ["-l", file], cwd: PROJECT }).output();
  assert.equal(`${lines.get(file)} ${file}\n`, new TextDecoder().decode(stdout));
});

Deno.test("what README does not name at the top of the project is named", () => {
  assert.deepEqual(strangers(["deno.json", "lib", "notes.txt", "tests"], LAYOUT), [
    "notes.txt: README does not name it",
  ]);
});

Deno.test("the picture has a box for each room, and an arrow for each import that no other room stands between", () => {
  const imports = importsOf({
    "lib/low/a.ts": [],
    "lib/middle/b.ts": ["lib/low/a.ts"],
    "lib/high/c.ts": ["lib/middle/b.ts", "lib/low/a.ts"],
  });
  const picture = drawArchitecture(imports, LAYOUT);
  assert.deepEqual([...picture.matchAll(/<text [^>]*>(\w+)</g)].map(([, name]) => name), [
    "low",
    "middle",
    "high",
  ]);
  assert.equal(picture.match(/marker-end/g)!.length, 2);
  assert.match(picture, /<title>what is below &amp; knows nothing<\/title>/);
  const height = (name: string) => Number(picture.match(new RegExp(`y="([\\d.]+)"[^>]*>${name}<`))![1]);
  assert.ok(height("high") < height("middle") && height("middle") < height("low"));
});

Deno.test("imports are read with those of types and those that run later, as paths in the project", async () => {
  const imports = await readImports();
  assert.ok(imports.get("lib/dataset/split_file.ts")!.includes("lib/support/csv.ts"));
  assert.ok(imports.get("lib/tensorflow/backend.ts")!.includes("lib/tensorflow/node_backend.ts"), "a type");
  assert.ok(imports.get("lib/tensorflow/backend.ts")!.includes("lib/tensorflow/kernels/mod.ts"), "import()");
  for (const file of [...imports.keys(), ...[...imports.values()].flat()]) {
    assert.ok((await Deno.stat(join(PROJECT, file))).isFile, file);
  }
});
