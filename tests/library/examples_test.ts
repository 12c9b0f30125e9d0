import assert from "node:assert/strict";
import { join } from "node:path";
import { smallRun } from "../tasks/_small_run.ts";
import { elsewhere } from "./_elsewhere.ts";
import { readmeExamples } from "./readme_examples.ts";

Deno.test("README shows programs, and each is run by the tests below", async () => {
  assert.deepEqual((await readmeExamples()).map(({ name }) => name), [
    ...["auc.ts", "train.ts", "explain.ts"],
    ...["port.ts", "layers.ts", "step.ts"],
  ]);
});

Deno.test("from an empty project: an AUC with its interval needs no permissions", async () => {
  await using project = await elsewhere();
  const { code, stdout, stderr } = await project.example("auc.ts");
  assert.equal(code, 0, stderr);
  const shown = (await readmeExamples())[0]!.code.match(
    /\/\/ \{ auc: ([\d.]+), low: ([\d.]+?)\.\.\., high: ([\d.]+?)\.\.\. \}/,
  )!;
  const numbers = stdout.match(/\d\.\d+/g)!;
  shown.slice(1).forEach((number, i) =>
    assert(numbers[i]!.startsWith(number), `${stdout} is not ${shown[0]}`)
  );
});

Deno.test("from an empty project: what computes from arrays loads no parser of files and nothing native", async () => {
  await using project = await elsewhere();
  await Deno.writeTextFile(join(project.path, "loaded.js"), 'export * from "thorax/evaluation";');
  const bundled = await project.run(Deno.execPath(), ["bundle", "--quiet", "loaded.js"]);
  assert.equal(bundled.code, 0, bundled.stderr);
  assert.match(bundled.stdout, /function auc\(/);
  assert.doesNotMatch(bundled.stdout, /papaparse|jsonc|dlopen|readTextFile|Deno\.open/i);
});

Deno.test("from an empty project: a network learns in a traced step", async () => {
  await using project = await elsewhere();
  const { code, stdout, stderr } = await project.example("train.ts");
  assert.equal(code, 0, stderr);
  const losses = [...stdout.matchAll(/^step \d+: loss (\d\.\d{3})$/gm)].map(([, loss]) => Number(loss));
  assert.equal(losses.length, 20, stdout);
  assert(losses.at(-1)! < losses[0]! / 2, stdout);
});

Deno.test("from an empty project: a trained run explains an image", async () => {
  await using run = await smallRun();
  await using project = await elsewhere();
  const [image] = [...Deno.readDirSync(join(run.images, "images"))].map(({ name }) => name).sort();
  const { code, stderr } = await project.example("explain.ts", [run.dir, join(run.images, "images", image!)]);
  assert.equal(code, 0, stderr);
  const picture = await Deno.readFile(join(project.path, "heat-map.png"));
  assert.deepEqual([...picture.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
});

Deno.test("from an empty project: a program for tfjs-node runs", async () => {
  await using project = await elsewhere();
  const { code, stdout, stderr } = await project.example("port.ts");
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "[ 64, 256, 3 ] 127.5\n4\n");
});

Deno.test("from an empty project: a model of layers learns, traced", async () => {
  await using project = await elsewhere();
  const { code, stdout, stderr } = await project.example("layers.ts");
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /not traced/);
  const losses = stdout.trim().split(" ").map(Number);
  assert.equal(losses.length, 12);
  assert.ok(losses.at(-1)! < losses[0]!, stdout);
});

Deno.test("from an empty project: a traced step is traced once", async () => {
  await using project = await elsewhere();
  const { code, stdout, stderr } = await project.example("step.ts");
  assert.deepEqual({ code, stdout }, { code: 0, stdout: "2.000 1\n" }, stderr);
});
