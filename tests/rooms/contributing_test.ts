import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FORMATS } from "../../lib/dataset/data_set.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { RIGHTS } from "../../lib/tasks/_rights.ts";

/** The documents for those who work on the project. */
const DOCUMENTS = ["README.md", "CONTRIBUTING.md", ".github/SECURITY.md"];

Deno.test("every path and every task that the documents name is there", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  for (const document of DOCUMENTS) {
    const text = await Deno.readTextFile(join(PROJECT, document));
    const paths = [
      ...text.matchAll(/\b(?:lib|tests|notebooks)\/[\w./-]*\w|\.(?:ci|github|devcontainer)\/[\w./-]*\w/g),
    ]
      .map(([path]) => path)
      .filter((path) => !path.includes("NAME"));
    assert.ok(paths.length > 0 || document.startsWith("."), document);
    for (const path of paths) assert.ok(existsSync(join(PROJECT, path)), `${document} names ${path}`);
    for (const [, task] of text.matchAll(/deno(?:@[\d.]+)? task ([a-z-]*[a-z])/g)) {
      assert.ok(task! in tasks, `${document} names deno task ${task}`);
    }
  }
});

Deno.test("Deno's version is the same wherever it is named", async () => {
  const files = ["README.md", "CONTRIBUTING.md", ".ci/run", ".devcontainer/Dockerfile"];
  for (const file of files) {
    const text = await Deno.readTextFile(join(PROJECT, file));
    const versions = [...text.matchAll(/\bdeno[@ :](?:bin-)?(\d+\.\d+\.\d+)/gi)].map(([, version]) =>
      version
    );
    assert.ok(versions.length > 0, file);
    for (const version of versions) assert.equal(version, Deno.version.deno, file);
  }
});

Deno.test("README has a row for every task and for every data set that is read", async () => {
  const text = await Deno.readTextFile(join(PROJECT, "README.md"));
  const { tasks } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  const rows = [...text.matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, name]) => name);
  for (const name of [...Object.keys(tasks), ...FORMATS]) assert.ok(rows.includes(name), name);
});

Deno.test("README names every task that runs programs, has a network, listens, or sees every file, as what cannot be closed", async () => {
  const text = await Deno.readTextFile(join(PROJECT, "README.md"));
  const section = text.match(/^## What a task may do\n(.*?)^## /ms)![1]!;
  const open = Object.entries(RIGHTS).filter(([, { runs, network, opensWith, anyFile }]) =>
    runs !== undefined || network !== undefined || opensWith !== undefined || anyFile
  ).map(([task]) => task);
  assert.ok(open.length > 10);
  for (const task of open) assert.match(section, new RegExp(`\`${task}[\` ]`), task);
  for (const library of ["TensorFlow", "sharp", "@napi-rs/image"]) {
    assert.match(section, new RegExp(`^\\| [^|]*${library}[^|]*\\| native code`, "m"), library);
  }
});
