import assert from "node:assert/strict";
import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname!, "../..");

/** `deno task phantom` in a folder, so with the permissions of deno.json. */
function phantomTask(cwd: string, ...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--config", join(PROJECT, "deno.json"), "phantom", ...args],
    ...{ cwd, env: { NO_COLOR: "1" }, stdout: "piped", stderr: "piped" },
  });
}

async function runPhantom(cwd: string, ...args: string[]) {
  const { code, stdout, stderr } = await phantomTask(cwd, ...args).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), error: decoder.decode(stderr) };
}

Deno.test("deno task phantom writes a set beside the user once, and refuses to write over anything", async () => {
  const folder = await Deno.makeTempDir();
  const flags = ["--out", "few", "--images", "8", "--size", "32", "--seed", "3"];
  const first = await runPhantom(folder, ...flags);
  assert.equal(first.code, 0, first.error);
  assert.match(first.output, /^8 images of \d patients with \d+ bounding boxes written to .*few\n$/);
  assert.equal([...Deno.readDirSync(join(folder, "few", "images"))].length, 8);

  const second = await runPhantom(folder, ...flags);
  assert.equal(second.code, 0, second.error);
  assert.match(second.output, /few holds them already: 8 images/);

  const other = await runPhantom(folder, ...flags.slice(0, -1), "4");
  assert.equal(other.code, 1);
  assert.match(other.error, /^error: .*few: holds other phantom images .*\n$/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deno task phantom leaves nothing behind when Ctrl-C stops it", async () => {
  const folder = await Deno.makeTempDir();
  await using ended = new AsyncDisposableStack();
  ended.defer(() => Deno.remove(folder, { recursive: true }));
  const child = ended.use(phantomTask(folder, "--out", "many", "--images", "20000").spawn());
  const errors = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const output = child.stdout.text();
  let text = "";
  while (!text.includes("Drawing")) {
    const { value, done } = await errors.read();
    assert(!done, `it ended too soon: ${text}`);
    text += value;
  }
  const [draft, ...others] = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assert.match(draft!, /^\.thorax-[0-9a-f]{32}$/);
  assert.deepEqual(others, []);
  child.kill("SIGINT");
  for (let next = await errors.read(); !next.done; next = await errors.read()) text += next.value;
  assert.equal((await child.status).code, 130);
  assert.equal(await output, "");
  assert.match(text, /Stopped; nothing is left behind\.\n$/);
  assert.deepEqual([...Deno.readDirSync(folder)], []);
});
