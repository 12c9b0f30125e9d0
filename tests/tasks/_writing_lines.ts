import assert from "node:assert/strict";
import { join } from "node:path";
import type { SmallRun } from "./_small_run.ts";

/** A command line: the task and its arguments. */
export type CommandLine = [task: string, ...args: string[]];

/** Command lines of all tasks that write, into one folder. */
export interface WritingLines extends AsyncDisposable {
  /** The folder, which holds a run that has ended. */
  fixed: string;
  lines: CommandLine[];
}

/** Every task that writes, called on a small run; the run is moved into the folder that they write into. */
export async function writingLines(project: SmallRun): Promise<WritingLines> {
  const { path, dir, images } = project;
  const fixed = join(path, "fixed");
  await Deno.mkdir(fixed);
  const run = join(fixed, "run");
  const weights = join(path, "weights.safetensors");
  const first: CommandLine[] = [
    ["train", "--run", dir, "--resume", "--epochs", "3"],
    ["export", "--run", dir, "--out", weights],
  ];
  for (const [task, ...args] of first) assert.equal((await project.run(task, args)).code, 0);
  await Deno.rename(dir, run);
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("weights\n"),
  );
  const url = `http://127.0.0.1:${server.addr.port}/weights.h5`;
  const sha256 = "1b465fa6b6bcbc06a3199e3d2d8aec35d37494a712f888b6d5536684dd89d0f0"; // sha256sum
  const image = join(images, "images", "00000000_000.png");
  const training = [
    "--data",
    images,
    "--epochs",
    "1",
    "--image-size",
    "32",
    "--depth",
    "11",
    "--checked-maps",
    "0",
  ];
  const source = ["--from", "thorax", "--source", "A test", "--licence", "none"];
  const predictions = join(run, "test/predictions.csv");
  return {
    fixed,
    lines: [
      ["split", "--data", images, "--out", join(fixed, "split.csv")],
      ["train", ...training, "--run", join(fixed, "other")],
      ["train", "--run", run, "--resume", "--epochs", "4"],
      ["train", ...training, "--run", run, "--overwrite"],
      ["evaluate", "--run", run, "--data", images],
      ["predict", "--run", run, "--out", join(fixed, "scores.csv"), image],
      ["predict", "--run", run, "--explain", "--pictures", join(fixed, "maps"), image],
      ["export", "--run", run, "--out", join(fixed, "weights.safetensors")],
      ["leak", "--data", images, "--out", join(fixed, "leak")],
      ["metrics", "--predictions", predictions, "--data", images, "--out", join(fixed, "m")],
      ["phantom", "--images", "3", "--size", "32", "--out", join(fixed, "few")],
      ["weights", "--url", url, "--size", "8", "--sha256", sha256, "--out", join(fixed, "weights.h5")],
      ["import", weights, ...source, "--run", join(fixed, "imported")],
      ["page", "--run", run, "--out", join(fixed, "page"), "--no-serve"],
      ["runs", "--dir", fixed, "--clean", "checkpoints", "--yes"],
      ["train", ...training, "--run", join(fixed, "two"), "--local-workers", "2"],
    ],
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
