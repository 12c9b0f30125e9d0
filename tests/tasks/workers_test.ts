import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../../lib/tasks/_local_workers.ts";
import { bitsOf } from "../_folders.ts";
import { writeImages } from "../training/_images.ts";
import { smallDisk, withSmallDisk } from "./_small_disk.ts";
import { type Ending, endingOf, type TestProject, testProject } from "./_project.ts";

/** Small, and without what worker 0 does alone at the end. */
const SETTINGS = {
  network: "resnet11v2",
  imageSize: 32,
  batchSize: 16,
  epochs: 3,
  workers: 2,
  checkedMaps: 0,
  shortcutImages: 0,
};

/** Milliseconds within which all others have to end. */
const WITHIN = 30_000;

async function imagesProject(): Promise<TestProject> {
  const project = await testProject();
  await writeImages(join(project.path, "images"));
  await Deno.writeTextFile(join(project.path, "two.json"), JSON.stringify(SETTINGS));
  return project;
}

interface StartWorkersOptions {
  run: string;
  /** Further flags of each; there are as many workers. */
  more?: string[][];
  /** The projects that they belong to. Default: the same. */
  projects?: TestProject[];
  /** How worker 0 is started. */
  shell?: string;
}

/** Starts the workers of one run. */
async function startWorkers(
  project: TestProject,
  { run, more = [[], []], projects = [], shell }: StartWorkersOptions,
): Promise<Deno.ChildProcess[]> {
  const { path } = project;
  const workers = (await freePorts(more.length)).map((port) => `127.0.0.1:${port}`).join();
  return await Promise.all(more.map((flags, index) =>
    (projects[index] ?? project).start(
      "train",
      [
        ...flags.includes("--data") ? [] : ["--data", join(path, "images")],
        ...["--config", join(path, "two.json"), "--run", run],
        ...["--workers", workers, "--worker", String(index), ...flags],
      ],
      index === 0 && shell !== undefined ? { shell } : {},
    )
  ));
}

async function endingsOf(processes: readonly Deno.ChildProcess[]): Promise<Ending[]> {
  return await Promise.all(processes.map(endingOf));
}

function assertEnded(endings: readonly Ending[]): void {
  for (const { code, stderr } of endings) assert.equal(code, 0, stderr);
}

/** The last line of what a task said on standard error. */
function complaintOf({ stderr }: Ending): string {
  return stderr.trimEnd().split("\n").at(-1)!;
}

function assertComplaint(ending: Ending, complaint: RegExp): void {
  assert.equal(ending.code, 1, ending.stderr);
  assert.match(complaintOf(ending), complaint);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const RESUME = [["--resume"], ["--resume"]];

Deno.test("two workers train what one process trains over two shards, whatever ends one of them", async (t) => {
  await using project = await imagesProject();
  const { path } = project;
  const [alone, together, broken] = ["alone", "together", "broken"].map((name) => join(path, name, "run"));
  const first = join(broken!, "checkpoints", "epoch-01.safetensors");
  let expected: Record<string, string>;

  await t.step("the same bits", async () => {
    const flags = ["--data", join(path, "images"), "--config", join(path, "two.json"), "--run", alone!];
    assertEnded([await project.run("train", flags)]);
    assertEnded(await endingsOf(await startWorkers(project, { run: together! })));
    expected = await bitsOf(alone!);
    assert.deepEqual(await bitsOf(together!), expected);
    // One process has all images, each worker half of the training images.
    const caches = join(path, "data", "cache");
    const cached = [...Deno.readDirSync(caches)].map(({ name }) =>
      Number(new TextDecoder().decode(Deno.readFileSync(join(caches, name)).subarray(0, 64)).split(" ")[4])
    );
    const split = await Deno.readTextFile(join(alone!, "split.csv"));
    const training = split.match(/,training$/gm)!.length;
    const halves = [Math.ceil(training / 2), Math.floor(training / 2)];
    assert.deepEqual(cached.sort(), [150, ...halves.map((half) => 150 - training + half)].sort());
  });

  const ways: { title: string; signal: Deno.Signal; worker: number; said: string; own: number }[] = [
    { title: "killed", signal: "SIGKILL", worker: 1, said: "is gone", own: 137 },
    { title: "stopped by Ctrl-C", signal: "SIGINT", worker: 1, said: "was stopped", own: 130 },
    {
      title: "frozen",
      signal: "SIGSTOP",
      worker: 0,
      said: "gave no sign of life for 15 s: it is frozen or cannot be reached",
      own: 137,
    },
  ];
  for (const { title, signal, worker, said, own } of ways) {
    await t.step(`a worker that is ${title} ends the other in time, and nothing is lost`, async () => {
      const resumed = existsSync(broken!);
      const processes = await startWorkers(project, { run: broken!, ...(resumed ? { more: RESUME } : {}) });
      const since = Date.now();
      const provenance = join(broken!, "provenance.json");
      await until(() =>
        existsSync(first) && (!resumed || Deno.statSync(provenance).mtime!.getTime() > since)
      );
      processes[worker]!.kill(signal);
      const start = Date.now();
      const ending = await endingOf(processes[1 - worker]!);
      assert.ok(Date.now() - start < WITHIN);
      assertComplaint(
        ending,
        new RegExp(
          `^error: worker ${worker} \\(127\\.0\\.0\\.1:\\d+\\) ${said}: start all workers again with --resume$`,
        ),
      );
      if (signal === "SIGSTOP") processes[worker]!.kill("SIGKILL");
      assert.equal((await endingOf(processes[worker]!)).code, own);
    });
  }

  await t.step("started again, they end with the same bits", async () => {
    assertEnded(await endingsOf(await startWorkers(project, { run: broken!, more: RESUME })));
    assert.deepEqual(await bitsOf(broken!), expected);
  });
});

Deno.test("four workers train", async () => {
  await using project = await imagesProject();
  const run = join(project.path, "run");
  const four = ["--epochs", "1"];
  await Deno.writeTextFile(join(project.path, "two.json"), JSON.stringify({ ...SETTINGS, workers: 4 }));
  const flags = ["--data", join(project.path, "images"), "--config", join(project.path, "two.json")];
  const alone = join(project.path, "alone");
  assertEnded([await project.run("train", [...flags, ...four, "--run", alone])]);
  assertEnded(await endingsOf(await startWorkers(project, { run, more: [four, four, four, four] })));
  // A ring of more than two adds in another order than one process.
  const rows = await Promise.all([run, alone].map(async (dir) => {
    const [, row] = (await Deno.readTextFile(join(dir, "history.csv"))).split("\n");
    return row!.split(",").map(Number);
  }));
  for (const [i, value] of rows[0]!.entries()) {
    assert.ok(Math.abs(value - rows[1]![i]!) <= 1e-3 * Math.abs(value), `${value} and ${rows[1]![i]}`);
  }
});

Deno.test("with --elastic the others go on without a worker that is gone, and say so in the configuration", async () => {
  await using project = await imagesProject();
  const { path } = project;
  const run = join(path, "run");
  const { workers: _, ...settings } = SETTINGS;
  await Deno.writeTextFile(
    join(path, "elastic.json"),
    JSON.stringify({ ...settings, batchSize: 15, epochs: 6 }),
  );
  const addresses = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  const flags = (index: number) => [
    ...["--data", join(path, "images"), "--config", join(path, "elastic.json"), "--run", run, "--elastic"],
    ...["--workers", addresses.join(), "--worker", String(index)],
  ];
  // What starts a task starts it again; the one that is to be killed has nobody to do so.
  const supervised = [0, 1].map((index) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--frozen", "--no-check", "--allow-read", "--allow-env", "--allow-run"],
        ...["lib/tasks/start.ts", "train", ...flags(index)],
      ],
      cwd: path,
      env: { NO_COLOR: "1", INIT_CWD: path },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn()
  );
  const third = await project.start("train", flags(2));
  await until(() => existsSync(join(run, "checkpoints", "epoch-02.safetensors")));
  third.kill("SIGKILL");
  await third.output();
  const endings = await endingsOf(supervised);
  assertEnded(endings);
  for (const { stderr } of endings) {
    assert.match(
      stderr,
      /^worker 2 \(\S+\) is gone: 2 of 3 workers go on from the last whole epoch, with other bits from there on$/m,
    );
  }
  assert.match(
    endings[0]!.stderr,
    /^warning: goes on with 2 workers and a batch size of 14, before it had 3 workers and a batch size of 15: other bits/m,
  );
  const { settings: now, workers: [begun, changed] } = JSON.parse(
    await Deno.readTextFile(join(run, "config.json")),
  );
  // 15 images are 5 for each of three workers, and 14 are 7 for each of two.
  assert.deepEqual([now.workers, now.batchSize], [2, 14]);
  assert.deepEqual(begun, { afterEpoch: 0, workers: 3, batchSize: 15 });
  assert.deepEqual([changed.workers, changed.batchSize], [2, 14]);
  assert.ok(changed.afterEpoch >= 2 && changed.afterEpoch < 6);
  const history = (await Deno.readTextFile(join(run, "history.csv"))).trimEnd().split("\n");
  assert.equal(history.length, 1 + 6);
});

Deno.test({
  name: "a full disk of one worker ends the others with its line",
  ignore: !smallDisk,
  async fn() {
    await using project = await imagesProject();
    const disk = join(project.path, "disk");
    await Deno.mkdir(disk);
    const run = join(disk, "run");
    const endings = await endingsOf(await startWorkers(project, { run, shell: withSmallDisk(disk) }));
    assertComplaint(endings[0]!, /^error: .*: no space left on the disk$/);
    assertComplaint(
      endings[1]!,
      /^error: worker 0 \(\S+\) ended: .*: no space left on the disk: start all workers again with --resume$/,
    );
  },
});

Deno.test("a worker that differs is refused by name, before anything is written", async (t) => {
  await using project = await imagesProject();
  const { path } = project;
  const run = join(path, "run");
  const others = join(path, "others");
  await writeImages(others, { seed: 2 });
  const split = (await Deno.readTextFile(join(path, "images", "Data_Entry_2017.csv"))).trimEnd().split("\n")
    .slice(1).map((row, i) => [row.split(",")[0], ["train", "val", "test"][Math.floor(i / 2) % 3]]);
  const splitFile = async (name: string, rows: typeof split) => {
    await Deno.writeTextFile(join(path, name), ["image,split", ...rows.map((row) => row.join())].join("\n"));
    return ["--split-file", join(path, name)];
  };
  const turned = split.map(([image], i) => [image, split.at(i - 2)![1]]);
  await using newer = await testProject();
  await Deno.writeTextFile(join(newer.path, "CITATION.cff"), "version: 9.9.9\n");
  const cases: (Omit<StartWorkersOptions, "run"> & { differs: string; said: string })[] = [
    { differs: "settings", more: [[], ["--seed", "7"]], said: "has seed 7, and worker 0 has 0" },
    { differs: "version", projects: [project, newer], said: "has Thorax 9.9.9, and worker 0 has null" },
    { differs: "images", more: [[], ["--data", others]], said: "has other images than worker 0" },
    {
      differs: "split",
      more: [await splitFile("one.csv", split), await splitFile("other.csv", turned)],
      said: "splits its images otherwise than worker 0",
    },
  ];
  for (const { differs, said, ...options } of cases) {
    await t.step(differs, async () => {
      const endings = await endingsOf(await startWorkers(project, { run, ...options }));
      for (const ending of endings) {
        assertComplaint(ending, new RegExp(`^error: .*worker 1 \\(127\\.0\\.0\\.1:\\d+\\) ${said}`));
      }
      assert.ok(!existsSync(run));
    });
  }
});
