import assert from "node:assert/strict";
import { join } from "node:path";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { smallRun } from "./_small_run.ts";

async function canMount(): Promise<boolean> {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const { success } = await new Deno.Command("unshare", {
    args: ["-Urm", "sh", "-c", `mount --bind ${path} ${path} && mount -o remount,ro,bind ${path}`],
    stdout: "null",
    stderr: "null",
  }).output().catch(() => ({ success: false }));
  return success;
}

Deno.test({
  name: "on a file system that is read-only, every task that writes ends with one line that names the path",
  ignore: !await canMount() && (console.log("skipped: no file system can be made read-only here"), true),
  async fn(t) {
    await using project = await smallRun();
    const { path, dir, images } = project;
    const fixed = join(path, "fixed");
    await Deno.mkdir(fixed);
    const run = join(fixed, "run");
    await Deno.rename(dir, run);
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      () => new Response("weights\n"),
    );
    await using _ = { [Symbol.asyncDispose]: () => server.shutdown() };
    const url = `http://127.0.0.1:${server.addr.port}/weights.h5`;
    const sha256 = "1b465fa6b6bcbc06a3199e3d2d8aec35d37494a712f888b6d5536684dd89d0f0"; // sha256sum
    const image = join(images, "images", "00000000_000.png");
    const small = ["--epochs", "1", "--image-size", "32"];
    const lines: [task: string, ...args: string[]][] = [
      ["split", "--data", images, "--out", join(fixed, "split.csv")],
      ["train", "--data", images, ...small, "--depth", "11", "--run", join(fixed, "other")],
      ["train", "--run", run, "--resume", "--epochs", "2"],
      ["train", "--data", images, ...small, "--depth", "11", "--run", run, "--overwrite"],
      ["evaluate", "--run", run, "--data", images],
      ["predict", "--run", run, "--out", join(fixed, "scores.csv"), image],
      ["predict", "--run", run, "--explain", "--pictures", join(fixed, "maps"), image],
      ["export", "--run", run, "--out", join(fixed, "weights.safetensors")],
      ["leak", "--data", images, "--out", join(fixed, "leak")],
      [
        "metrics",
        "--predictions",
        join(run, "test/predictions.csv"),
        "--data",
        images,
        "--out",
        join(fixed, "m"),
      ],
      ["phantom", "--images", "3", "--size", "32", "--out", join(fixed, "few")],
      ["weights", "--url", url, "--size", "8", "--sha256", sha256, "--out", join(fixed, "weights.h5")],
    ];
    const bits = async () => [await bitsOf(fixed), await bitsOf(images)];
    const before = await bits();
    const shell =
      `exec unshare -Urm sh -c 'mount --bind ${fixed} ${fixed} && mount -o remount,ro,bind ${fixed} && exec "$@"' sh "$@"`;
    for (const [task, ...args] of lines) {
      await t.step(`${task} ${args.join(" ").replaceAll(path, "")}`, async () => {
        const { code, stderr } = await project.run(task, args, { shell });
        const last = stderr.trimEnd().split("\n").at(-1)!;
        assert.equal(code, 1, stderr);
        assert(last.startsWith(`error: ${fixed}`) && last.endsWith(": the file system is read-only"), stderr);
        assert.doesNotMatch(stderr, /\n +at /);
      });
    }
    assert.deepEqual(await bits(), before);
  },
});
