import { join } from "node:path";
import { defineTask, integerOption, runTask } from "../../lib/tasks/_command.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { testProject } from "../tasks/_project.ts";
import { smallRun } from "../tasks/_small_run.ts";
import { writeImages } from "../training/_images.ts";
import { flipBits, flippedRun } from "./flips.ts";
import { killAgain } from "./kills.ts";

const soak = defineTask("soak", {
  description:
    "Flips bits of a run folder and an image cache and counts those that are not found; kills phantom drawing, and " +
    "training from its start over the decoding of images to the report, at random times, and compares what they leave " +
    "with what they leave uninterrupted.",
  examples: [["deno task soak", "200 flipped bits, and 20 kills of each: about 15 minutes on two cores"]],
})
  .addOption(integerOption("--flips <n>", { description: "flipped bits", minimum: 0, default: 200 }))
  .addOption(integerOption("--kills <n>", { description: "kills of each task", minimum: 0, default: 20 }))
  .addOption(integerOption("--seed <n>", { description: "others for another seed", minimum: 0, default: 0 }))
  .action(async ({ flips, kills, seed }: { flips: number; kills: number; seed: number }) => {
    const problems: string[] = [];
    {
      await using run = await smallRun();
      problems.push(...await flipBits(await flippedRun(run), { flips, seed }));
      console.log(`${flips - problems.length} of ${flips} flipped bits were found`);
    }
    await using project = await testProject();
    const inside = (name: string) => join(project.path, name);
    const phantom = (out: string) => ["--out", inside(out), "--images", "200", "--size", "64"];
    await project.run("phantom", phantom("whole-set"));
    const drawing = {
      ...{ task: "phantom", args: phantom("set"), again: phantom("set") },
      ...{ folder: inside("set"), whole: inside("whole-set"), longest: 3000 },
    };
    const lostByDrawing = await killAgain(project, drawing, { kills, seed });
    console.log(`phantom, killed ${kills} times: ${lostByDrawing.join("; ") || "nothing was lost"}`);

    await writeImages(inside("images"), { images: 150 });
    const train = (dir: string) => [
      ...["--data", inside("images"), "--run", inside(dir), "--epochs", "2"],
      ...["--depth", "11", "--image-size", "32", "--batch-size", "16"],
    ];
    await Deno.mkdir(inside("a"));
    await Deno.mkdir(inside("b"));
    const whole = await project.run("train", train("a/run"));
    if (whole.code !== 0) throw new InputError(whole.stderr);
    await Deno.remove(inside("data/cache"), { recursive: true });
    const training = {
      ...{ task: "train", args: train("b/run"), again: ["--run", inside("b/run"), "--resume"] },
      ...{ folder: inside("b/run"), whole: inside("a/run"), longest: 9000 },
    };
    const lostByTraining = await killAgain(project, training, { kills, seed });
    console.log(`train, killed ${kills} times: ${lostByTraining.join("; ") || "nothing was lost"}`);
    problems.push(...lostByDrawing, ...lostByTraining);
    if (problems.length > 0) throw new InputError(problems.join("; "));
  });

if (import.meta.main) await runTask(soak);
