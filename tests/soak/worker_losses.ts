import { existsSync } from "node:fs";
import { join } from "node:path";
import { random } from "../../lib/support/random.ts";
import { freePorts } from "../../lib/tasks/_local_workers.ts";
import { bitsOf } from "../_folders.ts";
import type { TestProject } from "../tasks/_project.ts";
import { writeImages } from "../training/_images.ts";
import type { Losses } from "./kills.ts";

/** Milliseconds within which the others have to end. */
const WITHIN = 30_000;

/** Milliseconds after which a worker that waits for one that it never heard of is ended by hand. */
const WAITS = 5000;

interface Worker {
  process: Deno.ChildProcess;
  code: number | null;
  lines: string[];
  ended: Promise<void>;
}

/**
 * Kills or freezes a random one of several workers at random moments of a run, starts all again with `--resume` each
 * time, and whenever the run has come to its end compares its files with what uninterrupted workers left.
 */
export async function loseWorkers(
  project: TestProject,
  { losses, seed, workers = 2 }: { losses: number; seed: number; workers?: number },
): Promise<Losses> {
  const stream = random(seed, "workers");
  const images = join(project.path, "images-of-workers");
  await writeImages(images, { images: 64 });
  const run = join(project.path, "runs-of-workers", "run");
  const flags = ["--data", images, "--run", run, "--depth", "11", "--image-size", "32"];
  const settings = ["--batch-size", "8", "--epochs", "16"];
  const remove = () => existsSync(run) ? Deno.remove(run, { recursive: true }) : Promise.resolve();

  async function startAll(): Promise<Worker[]> {
    const isBegun = existsSync(join(run, "config.json"));
    const addresses = (await freePorts(workers)).map((port) => `127.0.0.1:${port}`).join();
    return await Promise.all(Array.from({ length: workers }, async (_, index) => {
      const own = [...flags, ...settings, ...(isBegun ? ["--resume"] : ["--overwrite"])];
      const process = await project.start("train", [
        ...own,
        "--workers",
        addresses,
        "--worker",
        String(index),
      ]);
      const worker: Worker = { process, code: null, lines: [], ended: Promise.resolve() };
      worker.ended = readTo(worker);
      return worker;
    }));
  }

  const lost = new Set<string>();
  const start = performance.now();
  const uninterrupted = await startAll();
  await met(uninterrupted);
  const meeting = performance.now() - start;
  await Promise.all(uninterrupted.map(({ ended }) => ended));
  const working = performance.now() - start - meeting;
  for (const { code, lines } of uninterrupted) if (code !== 0) lost.add(`uninterrupted: ${lines.at(-1)}`);
  if (lost.size > 0) return { kills: 0, lost: [...lost] };
  const expected = await bitsOf(run);
  await remove();

  async function compare(): Promise<void> {
    const all = await startAll();
    await Promise.all(all.map(({ ended }) => ended));
    for (const { code, lines } of all) if (code !== 0) lost.add(`after loss ${done}: ${lines.at(-1)}`);
    const found = await bitsOf(run);
    const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
    for (const name of names) if (found[name] !== expected[name]) lost.add(`${name} differs`);
    await remove();
  }

  let done = 0;
  while (done < losses && lost.size === 0) {
    const all = await startAll();
    const target = stream.integer(workers);
    const signal = stream.uniform() < 0.5 ? "SIGKILL" : "SIGSTOP";
    const victim = all[target]!;
    const others = all.filter((worker) => worker !== victim);
    // One in five before all have met, the others after.
    const isEarly = stream.uniform() < 0.2;
    if (!isEarly) await met(all);
    const isHit = await elapsed((isEarly ? meeting : working) * stream.uniform(), victim.ended);
    if (isHit) {
      victim.process.kill(signal);
      await Promise.all(others.map(endedByItself));
      done++;
      const how = `loss ${done} (worker ${target}, ${signal})`;
      console.error(`${how}: ${others.map(({ lines }) => lines.at(-1)).join(" | ")}`);
      for (const { code, lines } of others) {
        // One that had left already is not missed.
        if (code === 0) continue;
        const line = lines.at(-1) ?? "";
        const isNamed = new RegExp(`^error: worker ${target} .*: start all workers again`).test(line);
        const waits = new RegExp(`waits for .*worker ${target} `).test(line);
        if (!isNamed && !waits) lost.add(`${how}: another ended with ${code}: ${line}`);
      }
    }
    for (const { process, code } of all) if (code === null) process.kill("SIGKILL");
    await Promise.all(all.map(({ ended }) => ended));
    if (!isHit || done === losses) await compare();
  }
  return { kills: done, lost: [...lost] };

  async function met([first]: readonly Worker[]): Promise<void> {
    const hasMet = () => first!.code !== null || first!.lines.some((line) => / train together$/.test(line));
    while (!hasMet()) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Waits until a worker has ended, at most `WITHIN`; one that still waits for another it never heard of is ended. */
  async function endedByItself(worker: Worker): Promise<void> {
    const isLate = await elapsed(WITHIN, worker.ended, () => {
      return / waits for /.test(worker.lines.at(-1) ?? "") && worker.lines.length === 1;
    });
    if (!isLate) return;
    if (!/ waits for /.test(worker.lines.at(-1) ?? "")) {
      lost.add(`a worker still ran after ${WITHIN / 1000} s`);
    }
    worker.process.kill("SIGKILL");
    await worker.ended;
  }
}

/** Waits, and tells whether it was not ended before; `isIdle` for a while ends it too. */
async function elapsed(
  milliseconds: number,
  ended: Promise<void>,
  isIdle: () => boolean = () => false,
): Promise<boolean> {
  let hasEnded = false;
  ended.then(() => hasEnded = true);
  const start = performance.now();
  let idleSince = start;
  while (!hasEnded && performance.now() - start < milliseconds) {
    if (!isIdle()) idleSince = performance.now();
    if (performance.now() - idleSince > WAITS) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return !hasEnded;
}

async function readTo(worker: Worker): Promise<void> {
  const reading = (async () => {
    let rest = "";
    for await (const text of worker.process.stderr.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      worker.lines.push(...lines.filter((line) => line !== ""));
    }
  })();
  await worker.process.stdout.cancel();
  worker.code = (await worker.process.status).code;
  await reading;
}
