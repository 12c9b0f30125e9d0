import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDraftName, namesIn } from "../../lib/support/draft_folder.ts";
import { runFolder } from "../../lib/training/run_folder.ts";
import type { TestProject } from "../tasks/_project.ts";
import { writeImages } from "../training/_images.ts";
import type { Stage } from "./kills.ts";

/** The stage in which `phantom` draws. */
export function drawing(project: TestProject, { images }: { images: number }): Stage {
  const folder = join(project.path, "set");
  return {
    name: "drawing phantoms",
    start: () => project.start("phantom", ["--out", folder, "--images", `${images}`, "--size", "64"]),
    hasBegun: () => namesOf(project.path).some(isDraftName),
    isOver: () => false,
    reset: () => remove(folder),
    folder,
  };
}

/** What a run of a test is. */
export interface RunStageOptions {
  /** How many images it has. */
  images: number;
  /** How large they are, in pixels. */
  size: number;
  epochs: number;
}

/** The stages of a run: in which images are decoded, in which it is trained, and from the test to the report. */
export async function runStages(project: TestProject, options: RunStageOptions): Promise<Stage[]> {
  const images = join(project.path, "images");
  await writeImages(images, options);
  const run = runFolder(join(project.path, "runs", "run"));
  await Deno.mkdir(join(run.dir, ".."));
  const caches = join(project.path, "data", "cache");
  const trained = join(project.path, "trained");
  const flags = [
    "--epochs",
    `${options.epochs}`,
    "--depth",
    "11",
    "--image-size",
    "32",
    "--batch-size",
    "16",
    "--checked-maps",
    "1",
  ];
  const begun = ["--data", images, "--run", run.dir, ...flags];
  const start = () => project.start("train", existsSync(run.config) ? ["--run", run.dir, "--resume"] : begun);
  const isAtWork = (started: number) => (Deno.statSync(run.provenance).mtime?.getTime() ?? 0) >= started;
  const common = { start, folder: run.dir };
  return [{
    ...common,
    name: "decoding images",
    hasBegun: () => namesOf(caches).length > 0,
    isOver: () => namesOf(caches).some((name) => name.endsWith(".images")),
    async reset() {
      await remove(run.dir);
      await remove(caches);
    },
  }, {
    ...common,
    name: "training",
    hasBegun: (started) => existsSync(run.provenance) && isAtWork(started),
    isOver: () => existsSync(run.selection),
    reset: () => remove(run.dir),
  }, {
    ...common,
    name: "testing",
    hasBegun: (started) => existsSync(run.selection) && isAtWork(started),
    isOver: () => false,
    async reset() {
      await remove(run.dir);
      if (!existsSync(trained)) {
        const process = await start();
        const output = process.output();
        while (!existsSync(run.selection)) await new Promise((next) => setTimeout(next, 4));
        process.kill("SIGKILL");
        await output;
        await Deno.rename(run.dir, trained);
      }
      await copyFolder(trained, run.dir);
    },
  }];
}

/** The stage in which set-up makes an environment with the machine's Python and gets the NIH's metadata with pip. */
export function settingUp(folder: string): Stage {
  const program = join(import.meta.dirname!, "..", "tasks", "setup", "_set_up.ts");
  return {
    name: "set-up",
    start: () =>
      Promise.resolve(
        new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", program, folder, "metadata", ""],
          env: { NO_COLOR: "1" },
          stdout: "piped",
          stderr: "piped",
        }).spawn(),
      ),
    hasBegun: () => existsSync(join(folder, "data")),
    isOver: () => false,
    async reset() {
      await remove(join(folder, "data"));
      await remove(join(folder, ".venv"));
    },
    folder: join(folder, "data"),
  };
}

function namesOf(folder: string): string[] {
  return existsSync(folder) ? [...Deno.readDirSync(folder)].map(({ name }) => name) : [];
}

async function remove(path: string): Promise<void> {
  if (existsSync(path)) await Deno.remove(path, { recursive: true });
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for (const name of await namesIn(from)) {
    const path = join(from, name);
    if ((await Deno.stat(path)).isDirectory) await copyFolder(path, join(to, name));
    else await Deno.copyFile(path, join(to, name));
  }
}
