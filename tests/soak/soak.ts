import { join } from "node:path";
import { defineTask, integerOption, runTask } from "../../lib/tasks/_command.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { temporaryFolder } from "../_folders.ts";
import { testProject } from "../tasks/_project.ts";
import { smallRun } from "../tasks/_small_run.ts";
import { type Round, runCells } from "./cells.ts";
import { flipBits, flippedRun } from "./flips.ts";
import { killInStage } from "./kills.ts";
import { drawing, runStages, settingUp } from "./stages.ts";
import { loseWorkers } from "./worker_losses.ts";

interface SoakFlags {
  flips: number;
  kills: number;
  cells: number;
  minutes: number;
  seed: number;
  stage?: string;
}

/** The stage in which a notebook's kernel is given cells. */
const CELLS = "cells";

/** The stage in which workers are killed and frozen. */
const WORKERS = "workers";

const soak = defineTask("soak", {
  description:
    "Flips bits of a run folder and an image cache and counts those that are not found; kills set-up, phantom drawing, " +
    "the decoding of images, training, and testing at random moments, kills and freezes one of two workers, and compares " +
    "what they leave in the end with what they leave uninterrupted. Set-up gets the NIH's metadata as pip is configured.",
  examples: [[
    "deno task soak",
    "200 flipped bits, and 20 kills of each stage: about 20 minutes on two cores",
  ], ["deno task soak --flips 0 --stage testing", "20 kills from the test to the report alone"]],
})
  .addOption(integerOption("--flips <n>", { description: "flipped bits", minimum: 0, default: 200 }))
  .addOption(integerOption("--kills <n>", { description: "kills of each stage", minimum: 0, default: 20 }))
  .addOption(
    integerOption("--cells <n>", {
      description: "cells, with and without errors, that one kernel is given; its memory has to stay",
      minimum: 0,
      default: 500,
    }),
  )
  .addOption(
    integerOption("--minutes <n>", { description: "over which they are spread", minimum: 0, default: 10 }),
  )
  .addOption(integerOption("--seed <n>", { description: "others for another seed", minimum: 0, default: 0 }))
  .option("--stage <name>", "this stage alone, such as training or cells (default: all)")
  .action(async ({ flips, kills, cells, minutes, seed, stage: wanted }: SoakFlags) => {
    const problems: string[] = [];
    if (flips > 0) {
      await using run = await smallRun();
      problems.push(...await flipBits(await flippedRun(run), { flips, seed }));
      console.log(`${flips - problems.length} of ${flips} flipped bits were found`);
    }
    if (cells > 0 && (wanted === undefined || wanted === CELLS)) {
      const found = await runCells({ cells, minutes, report: (round) => console.log(describeRound(round)) });
      console.log(`${CELLS}, ${cells} of them: ${found.join("; ") || "each ended as it should"}`);
      problems.push(...found);
    }
    if (kills > 0 && wanted !== CELLS) {
      await using project = await testProject();
      await using machine = await temporaryFolder();
      const stages = [
        settingUp(machine.path),
        drawing(project, { images: 200 }),
        ...await runStages(project, { images: 600, size: 400, epochs: 2 }),
      ];
      const names = [...stages.map(({ name }) => name), WORKERS, CELLS];
      if (wanted !== undefined && !names.includes(wanted)) {
        throw new InputError(`--stage ${wanted}: has to be one of ${names.join(", ")}`);
      }
      for (const stage of stages.filter(({ name }) => name === (wanted ?? name))) {
        const mine = stage.folder.startsWith(project.path)
          ? [
            `${stage.folder}.partial`,
            `${stage.folder}.lock`,
            join(project.path, "config.json.4711.partial"),
          ]
          : [];
        const { kills: hits, lost } = await killInStage(stage, { kills, seed, mine });
        console.log(`${stage.name}, killed ${hits} times: ${lost.join("; ") || "nothing was lost"}`);
        problems.push(...lost);
      }
      if (wanted === undefined || wanted === WORKERS) {
        const { kills: hits, lost } = await loseWorkers(project, { losses: kills, seed });
        console.log(`${WORKERS}, one lost ${hits} times: ${lost.join("; ") || "nothing was lost"}`);
        problems.push(...lost);
      }
    }
    if (problems.length > 0) throw new InputError(problems.join("; "));
  });

function describeRound({ cells, megabytes, milliseconds: { cell, help } }: Round): string {
  return `${cells} cells: ${megabytes} MB; a cell took ${cell} ms, a completion ${help} ms (medians)`;
}

if (import.meta.main) await runTask(soak);
