import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { RIGHTS } from "../../lib/tasks/_rights.ts";

const PROJECT = resolve(import.meta.dirname!, "../..");

/** What takes longer to load than the rest of a help together. */
const HEAVY = /^npm:.*(@tensorflow|h5wasm|plotly|zod)/;

/** What `deno info --json` says of a module. */
interface Module {
  specifier: string;
  dependencies?: { code?: { specifier: string }; isDynamic?: true }[];
}

/** The modules that a file loads before any `import()` is reached. */
async function loadedAtOnce(file: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", file], cwd: PROJECT })
    .output();
  const { roots, modules, redirects }: {
    roots: string[];
    modules: Module[];
    redirects: Record<string, string>;
  } = JSON.parse(new TextDecoder().decode(stdout));
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set<string>();
  function load(specifier: string): void {
    const module = redirects[specifier] ?? specifier;
    if (loaded.has(module)) return;
    loaded.add(module);
    for (const { code, isDynamic } of bySpecifier.get(module)?.dependencies ?? []) {
      if (code && !isDynamic) load(code.specifier);
    }
  }
  roots.forEach(load);
  return [...loaded];
}

Deno.test("what --help says is there without TensorFlow.js or other heavy packages", async () => {
  const files = Object.keys(RIGHTS).map((task) => join(PROJECT, "lib/tasks", `${task}.ts`)).filter(
    existsSync,
  );
  assert(files.length >= 10);
  for (const file of files) {
    const loaded = await loadedAtOnce(file);
    assert(loaded.length > 3, file);
    assert.deepEqual(loaded.filter((module) => HEAVY.test(module)), [], file);
  }
  const heavy = await loadedAtOnce(join(PROJECT, "lib/runs/complete_run.ts"));
  assert(heavy.some((module) => HEAVY.test(module)), "complete_run.ts loads none of them");
});

Deno.test("help that nobody reads on, as by head, ends without an error", async () => {
  const task = `"${Deno.execPath()}" run -A --no-check lib/tasks/metrics.ts --help`;
  const args = ["-c", `${task} | true`];
  const { stderr } = await new Deno.Command("sh", { args, stdout: "null" }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
});
