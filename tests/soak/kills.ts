import { random } from "../../lib/support/random.ts";
import { bitsOf } from "../_folders.ts";

/** A stage of a task's work, in which it is killed again and again. */
export interface Stage {
  /** What it is called. */
  name: string;
  /** Starts the task, or lets it go on from what a kill has left. */
  start(): Promise<Deno.ChildProcess>;
  /** Whether a process that was started at a time, in ms since 1970, has come to the stage; asked again and again. */
  hasBegun(started: number): boolean;
  /** Whether the stage is over while the process still runs; one that has ended is past it. */
  isOver(): boolean;
  /** Puts there what the stage begins with. */
  reset(): Promise<void>;
  /** The folder that the task writes. */
  folder: string;
}

/** How often a stage was hit, and what was lost by it, a line each. */
export interface Losses {
  kills: number;
  lost: string[];
}

/**
 * Kills a task (SIGKILL) at random moments of a stage, as long as it lasts when nobody kills it; where it has come to its
 * end between two kills, or by the last one's successor, compares every file with what an uninterrupted task left.
 *
 * @param mine Files of the user's own near the folder, which nobody may touch.
 */
export async function killInStage(
  stage: Stage,
  { kills, seed, mine = [] }: { kills: number; seed: number; mine?: readonly string[] },
): Promise<Losses> {
  const stream = random(seed, "kills", stage.name);
  for (const file of mine) await Deno.writeTextFile(file, "mine");
  await stage.reset();
  const whole = await runStage(stage, null);
  if (whole.code !== 0) return { kills: 0, lost: [`uninterrupted: ${whole.lastLine}`] };
  const expected = await bitsOf(stage.folder);
  const lost = new Set<string>();
  let done = 0;
  async function compare(): Promise<void> {
    const { code, lastLine } = await runStage(stage, null);
    if (code !== 0) lost.add(`after kill ${done}: ${lastLine}`);
    const found = await bitsOf(stage.folder);
    const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
    for (const name of names) if (found[name] !== expected[name]) lost.add(`${name} differs`);
    for (const file of mine) {
      if (await Deno.readTextFile(file).catch(() => "") !== "mine") lost.add(`${file} was lost`);
    }
  }
  await stage.reset();
  while (done < kills && lost.size === 0) {
    const { code, isHit, lastLine } = await runStage(stage, whole.duration * stream.uniform());
    if (isHit) done++;
    else if (code > 0 && code < 128) lost.add(`after kill ${done}: ${lastLine}`);
    if (isHit && done < kills) continue;
    await compare();
    await stage.reset();
  }
  return { kills: done, lost: [...lost] };
}

/** Runs a task, and kills it some ms after it came to the stage. */
async function runStage(stage: Stage, killAfter: number | null) {
  const started = Date.now();
  const process = await stage.start();
  let hasEnded = false;
  const ending = process.output().then((output) => {
    hasEnded = true;
    return output;
  });
  const until = async (isSo: () => boolean) => {
    while (!hasEnded && !isSo()) await new Promise((next) => setTimeout(next, 4));
    return performance.now();
  };
  const begun = await until(() => stage.hasBegun(started));
  const over = await until(() =>
    stage.isOver() || killAfter !== null && performance.now() > begun + killAfter
  );
  const isHit = killAfter !== null && !hasEnded && !stage.isOver();
  if (killAfter !== null && !hasEnded) process.kill("SIGKILL");
  const { code, stderr } = await ending;
  const lastLine = new TextDecoder().decode(stderr).trim().split("\n").at(-1)!;
  return { code, isHit: isHit && code > 128, lastLine, duration: over - begun };
}
