import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../../lib/tasks/_local_workers.ts";
import { bitsOf } from "../_folders.ts";
import { writeImages } from "../training/_images.ts";
import { type Ending, endingOf, type TestProject, testProject } from "./_project.ts";

const SETTINGS = { network: "resnet11v2", imageSize: 32, batchSize: 16, epochs: 3, workers: 2 };

async function imagesProject(): Promise<TestProject> {
  const project = await testProject();
  await writeImages(join(project.path, "images"));
  await Deno.writeTextFile(join(project.path, "two.json"), JSON.stringify(SETTINGS));
  return project;
}

/** Starts two workers of one run; `more` are further flags of each. */
async function startWorkers(
  { path, start }: TestProject,
  { run, more = [[], []] }: { run: string; more?: string[][] },
): Promise<Deno.ChildProcess[]> {
  const workers = (await freePorts(2)).map((port) => `127.0.0.1:${port}`).join();
  return await Promise.all(more.map((flags, index) =>
    start("train", [
      ...["--data", join(path, "images"), "--config", join(path, "two.json"), "--run", run],
      ...["--workers", workers, "--worker", String(index), ...flags],
    ])
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

Deno.test("two workers train what one process trains over two shards, killed and resumed or not", async (t) => {
  await using project = await imagesProject();
  const { path } = project;
  const [alone, together, killed] = ["alone", "together", "killed"].map((name) => join(path, name, "run"));
  let expected: Record<string, string>;

  await t.step("the same bits", async () => {
    const flags = ["--data", join(path, "images"), "--config", join(path, "two.json"), "--run", alone!];
    assertEnded([await project.run("train", flags)]);
    assertEnded(await endingsOf(await startWorkers(project, { run: together! })));
    expected = await bitsOf(alone!);
    assert.deepEqual(await bitsOf(together!), expected);
  });

  await t.step("a worker that is killed ends the other, and nothing is lost", async () => {
    const [first, second] = await startWorkers(project, { run: killed! }) as [
      Deno.ChildProcess,
      Deno.ChildProcess,
    ];
    while (!existsSync(join(killed!, "checkpoints", "epoch-01.safetensors"))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    second.kill("SIGKILL");
    const [ending] = await endingsOf([first, second]) as [Ending, Ending];
    assert.equal(ending.code, 1, ending.stderr);
    assert.match(
      complaintOf(ending),
      /^error: worker 1 \(127\.0\.0\.1:\d+\) is gone: start all workers again with --resume$/,
    );
    assertEnded(
      await endingsOf(await startWorkers(project, { run: killed!, more: [["--resume"], ["--resume"]] })),
    );
    assert.deepEqual(await bitsOf(killed!), expected);
  });
});

Deno.test("workers with other settings are refused by name, before anything is written", async () => {
  await using project = await imagesProject();
  const run = join(project.path, "run");
  const endings = await endingsOf(await startWorkers(project, { run, more: [[], ["--seed", "7"]] }));
  for (const ending of endings) {
    assert.equal(ending.code, 1);
    assert.match(
      complaintOf(ending),
      /^error: .*worker 1 \(127\.0\.0\.1:\d+\) has seed 7, and worker 0 has 0/,
    );
  }
  assert.ok(!existsSync(run));
});
