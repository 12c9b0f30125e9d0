import assert from "node:assert/strict";
import { join } from "node:path";
import { bitsOf, temporaryFolder } from "../_folders.ts";
import { smallRun } from "./_small_run.ts";
import { writingLines } from "./_writing_lines.ts";

/** A way in which a folder cannot be written to. */
interface Obstacle {
  /** What is in the way. */
  name: string;
  /** The shell that runs a task behind it. */
  shell(folder: string): string;
  /** What the message ends with. */
  says: string;
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

Deno.test("every task that writes ends with one line that names the path where it cannot", async (t) => {
  await using project = await smallRun();
  const { path, images } = project;
  await using writing = await writingLines(project);
  const { fixed, lines } = writing;
  const bits = async () => [await bitsOf(fixed), await bitsOf(images)];
  const before = await bits();
  for (const obstacle of OBSTACLES) {
    const ignore = !await isPossible(obstacle);
    if (ignore) console.log(`skipped: nothing can be tried ${obstacle.name} here`);
    await t.step({
      name: obstacle.name,
      ignore,
      async fn(t) {
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
});
