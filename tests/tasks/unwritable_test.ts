import assert from "node:assert/strict";
import { join } from "node:path";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { smallRun } from "./_small_run.ts";

/** A way in which a folder cannot be written to. */
interface Obstacle {
  /** What is in the way. */
  name: string;
  /** The shell that runs a task behind it. */
  shell(folder: string): string;
  /** What the message ends with. */
  says: string;
  /** What a task that needs room may do without any: it only removes. */
  mayEnd?: readonly string[];
  /** Puts it there, and takes it away. */
  set?(folder: string, on: boolean): Promise<void>;
}

const OBSTACLES: readonly Obstacle[] = [
  {
    name: "on a file system that is read-only",
    shell: (folder) =>
      `exec unshare -Urm sh -c 'mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder} && exec "$@"' sh "$@"`,
    says: ": the file system is read-only",
  },
  {
    // Root, without its right to write everywhere, is a user like others.
    name: "in a folder that the user may not write to",
    shell: () =>
      Deno.uid() === 0 ? `exec setpriv --bounding-set=-dac_override,-dac_read_search "$@"` : `exec "$@"`,
    says: ": permission denied",
    async set(folder, on) {
      for await (const { name, isDirectory } of Deno.readDir(folder)) {
        if (isDirectory) await this.set!(join(folder, name), on);
      }
      await Deno.chmod(folder, on ? 0o555 : 0o755);
    },
  },
  {
    name: "on a disk without room",
    // A copy of the folder on a file system that is then filled; what it is in the end, empty folders apart, is compared
    // with the folder.
    shell: (folder) =>
      `exec unshare -Urm sh -c 'set -e; full=${folder}.full kept=${folder}.kept; mkdir -p $full $kept; ` +
      `mount -t tmpfs -o size=64m tmpfs $full; cp -a ${folder} $full/copy; mount --bind ${folder} $kept; ` +
      `mount --bind $full/copy ${folder}; cat /dev/zero > $full/filler 2> $full/.said || true; ` +
      `code=0; "$@" || code=$?; find ${folder} -type d -empty -delete; diff -r $kept ${folder} >&2 || code=99; exit $code' sh "$@"`,
    says: ": no space left on the disk",
    mayEnd: ["runs"],
  },
];

async function isPossible({ shell, set }: Obstacle): Promise<boolean> {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await set?.(path, true);
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", shell(path), "sh", "cp", "/proc/self/status", `${path}/file`],
    stdout: "null",
  }).output().catch(() => ({ code: 0, stderr: new Uint8Array() }));
  await set?.(path, false);
  return code !== 0 && new TextDecoder().decode(stderr).startsWith("cp:");
}

for (const obstacle of OBSTACLES) {
  Deno.test({
    name: `${obstacle.name} every task that writes ends with one line that names the path`,
    ignore: !await isPossible(obstacle) &&
      (console.log(`skipped: nothing can be tried ${obstacle.name} here`), true),
    async fn(t) {
      await using project = await smallRun();
      const { path, dir, images } = project;
      const fixed = join(path, "fixed");
      await Deno.mkdir(fixed);
      const run = join(fixed, "run");
      const first: [task: string, ...args: string[]][] = [
        ["train", "--run", dir, "--resume", "--epochs", "3"],
        ["export", "--run", dir, "--out", join(path, "weights.safetensors")],
      ];
      for (const [task, ...args] of first) assert.equal((await project.run(task, args)).code, 0);
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
        ["train", "--run", run, "--resume", "--epochs", "4"],
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
      const weights = join(path, "weights.safetensors");
      const more: typeof lines = [
        [
          "import",
          weights,
          "--from",
          "thorax",
          "--source",
          "A test",
          "--licence",
          "none",
          "--run",
          join(fixed, "imported"),
        ],
        ["page", "--run", run, "--out", join(fixed, "page"), "--no-serve"],
        ["runs", "--dir", fixed, "--clean", "checkpoints", "--yes"],
        [
          ...["train", "--data", images, ...small, "--depth", "11"],
          ...["--run", join(fixed, "two"), "--local-workers", "2"],
        ] as [string, ...string[]],
      ];
      lines.push(...more);
      const bits = async () => [await bitsOf(fixed), await bitsOf(images)];
      const before = await bits();
      await obstacle.set?.(fixed, true);
      for (const [task, ...args] of lines) {
        await t.step(`${task} ${args.join(" ").replaceAll(path, "")}`, async () => {
          const { code, stderr } = await project.run(task, args, { shell: obstacle.shell(fixed) });
          const last = stderr.trimEnd().split("\n").at(-1)!;
          assert.equal(code, 1, stderr);
          assert(last.startsWith(`error: ${fixed}`) && last.endsWith(obstacle.says), stderr);
          assert.doesNotMatch(stderr, /\n +at /);
        });
      }
      await obstacle.set?.(fixed, false);
      assert.deepEqual(await bits(), before);
    },
  });
}
