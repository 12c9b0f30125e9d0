import assert from "node:assert/strict";
import { resolve } from "node:path";
import { givenPath } from "../../lib/support/given_path.ts";

Deno.test("a path means the folder that the user stood in when deno task started", () => {
  const project = resolve(import.meta.dirname!, "../..");
  const [folder, start] = [Deno.cwd(), Deno.env.get("INIT_CWD")];
  try {
    Deno.chdir(project);
    Deno.env.set("INIT_CWD", "/somewhere");
    assert.equal(givenPath("run"), "/somewhere/run");
    assert.equal(givenPath("/else/run"), "/else/run");
    Deno.env.set("INIT_CWD", project);
    assert.equal(givenPath("run"), "run");
    Deno.chdir(import.meta.dirname!);
    Deno.env.set("INIT_CWD", "/somewhere");
    assert.equal(givenPath("run"), "run");
  } finally {
    Deno.chdir(folder);
    if (start === undefined) Deno.env.delete("INIT_CWD");
    else Deno.env.set("INIT_CWD", start);
  }
});
