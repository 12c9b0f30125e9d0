import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256 as sha256Of } from "../../lib/support/sha256.ts";
import { testProject } from "./_project.ts";

const CONTENT = new TextEncoder().encode("weights\n");
const NEWER = new TextEncoder().encode("newer weights\n");
const SHA256 = "1b465fa6b6bcbc06a3199e3d2d8aec35d37494a712f888b6d5536684dd89d0f0"; // sha256sum

Deno.test("deno task weights keeps the file that was meant, and no other", async () => {
  await using project = await testProject();
  const weights = (...args: string[]) => project.run("weights", args);
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) => new Response(url.endsWith("newer.h5") ? NEWER : CONTENT),
  );
  const url = `http://127.0.0.1:${server.addr.port}/a/weights.h5`;
  const out = join(project.path, "data", "weights", "weights.h5");
  const given = ["--url", url, "--size", String(CONTENT.length), "--out", out];
  const other = await weights(...given, "--sha256", "0".repeat(64));
  assert.equal(other.code, 1);
  assert.equal(
    other.stderr.split("\n").at(-2),
    `error: ${url}: has the SHA-256 ${SHA256}, not ${"0".repeat(64)}; nothing was kept`,
  );
  assert.deepEqual([...Deno.readDirSync(join(project.path, "data", "weights"))], []);

  const right = await weights(...given, "--sha256", SHA256.toUpperCase());
  assert.deepEqual([right.code, right.stdout], [0, `${out}\n`], right.stderr);
  assert.deepEqual(await Deno.readFile(out), CONTENT);

  await Deno.writeTextFile(out, "of mine\n");
  const taken = await weights(...given, "--sha256", SHA256);
  assert.equal(
    taken.stderr,
    `error: ${out}: is there already, and not as this task wrote it: name another place, or replace it with --overwrite\n`,
  );
  assert.equal(await Deno.readTextFile(out), "of mine\n");
  const unreachable = [...given.with(1, "http://127.0.0.1:1/weights.h5"), "--sha256", SHA256, "--overwrite"];
  assert.equal((await weights(...unreachable)).code, 1);
  assert.equal(await Deno.readTextFile(out), "of mine\n");
  const replaced = await weights(...given, "--sha256", SHA256, "--overwrite");
  assert.deepEqual([replaced.code, await Deno.readFile(out)], [0, CONTENT], replaced.stderr);

  const sha256 = sha256Of(NEWER);
  const newer = [
    "--url",
    url.replace("weights", "newer"),
    "--size",
    String(NEWER.length),
    "--sha256",
    sha256,
  ];
  const renewed = await weights(...newer, "--out", out);
  assert.deepEqual([renewed.code, await Deno.readFile(out)], [0, NEWER], "its own older output is replaced");

  const origin = `http://127.0.0.1:${server.addr.port}`;
  for (const path of ["..%2f..%2f..%2fESCAPED.txt", "%2ftmp%2fESCAPED.txt", "", "a%00b"]) {
    const size = String(CONTENT.length);
    const escaping = await weights("--url", `${origin}/${path}`, "--size", size, "--sha256", SHA256);
    assert.equal(
      escaping.stderr,
      `error: ${origin}/${path}: "${path}" is no name for a file: name one with --out\n`,
    );
  }

  const listed = await weights();
  assert.equal(listed.code, 0);
  const pinned = await Deno.readTextFile(join(project.path, "lib/support/requirements/imagenet.txt"));
  const [, hash] = pinned.match(/sha256:([0-9a-f]{64})/)!;
  assert(listed.stdout.includes(`17364911 bytes, SHA-256 ${hash}`), listed.stdout);
  const half = await weights("--url", url, "--out", out);
  assert.equal(
    half.stderr,
    "error: --url, --size and --sha256 belong together: a download is checked by all three\n",
  );

  const wrong = await weights(...given, "--sha256", "12");
  assert.match(wrong.stderr, /^error: .*'12' is invalid. Expected 64 hexadecimal digits\.\n$/);
});
