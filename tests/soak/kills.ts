import { join } from "node:path";
import { random } from "../../lib/support/random.ts";
import { bitsOf } from "../_folders.ts";
import { endingOf, type TestProject } from "../tasks/_project.ts";

/** A task that is killed again and again, and what has to be there at the end. */
export interface Killed {
  task: string;
  /** The arguments of the first call, and of those that go on from what a kill has left. */
  args: readonly string[];
  again: readonly string[];
  /** The folder that has to be as that of `whole` at the end. */
  folder: string;
  whole: string;
  /** The longest time in ms after which it is killed. */
  longest: number;
}

/**
 * Kills a task (SIGKILL) at random times, lets it then end, and compares what it leaves with what it left uninterrupted.
 *
 * @returns What is not the same, a line each; a file of the user's own beside the folder is looked after, too.
 */
export async function killAgain(
  project: TestProject,
  { task, args, again, folder, whole, longest }: Killed,
  { kills, seed }: { kills: number; seed: number },
): Promise<string[]> {
  const stream = random(seed, "kills", task);
  const mine = [`${folder}.partial`, `${folder}.lock`, join(folder, "../config.json.4711.partial")];
  for (const file of mine) await Deno.writeTextFile(file, "mine");
  let isBegun = false;
  for (let nth = 0; nth < kills; nth++) {
    const process = await project.start(task, isBegun ? again : args);
    const timer = setTimeout(() => {
      try {
        process.kill("SIGKILL");
      } catch { /* It has ended. */ }
    }, Math.ceil(longest * stream.uniform()));
    const { code, stderr } = await endingOf(process);
    clearTimeout(timer);
    if (code === 1) return [`after kill ${nth}: ${stderr.trim().split("\n").at(-1)}`];
    isBegun = await Deno.stat(join(folder, "config.json")).then(() => true, () => false);
  }
  const { code, stderr } = await project.run(task, isBegun ? again : args);
  if (code !== 0) return [stderr.trim().split("\n").at(-1)!];
  const [found, expected] = [await bitsOf(folder), await bitsOf(whole)];
  const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
  const lost = await Promise.all(
    mine.map(async (file) => (await Deno.readTextFile(file).catch(() => "")) !== "mine"),
  );
  return [
    ...[...names].filter((name) => found[name] !== expected[name]).map((name) => `${name} differs`),
    ...mine.filter((_, i) => lost[i]).map((file) => `${file} was lost`),
  ];
}
