import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { givenPath } from "../support/given_path.ts";
import { PROJECT } from "../support/project.ts";
import { valuesOf } from "./_arguments.ts";

/** The settings whose value is a path. */
const PATHS = ["data", "images", "splitFile", "lists", "weights"] as const;

/** The settings whose value is a path of which what lies beside it is read too. */
const PATHS_BESIDE = ["table"] as const;

/** Where the settings of a folder lie that `--run` names: of a run, or of a cross-validation, whose folds have the same. */
const RUNS_WITHIN = ["", "fold-1"] as const;

/**
 * The folders and files that the settings of a command line name: those of `--config`, and of the run that `--run`
 * names. Settings that cannot be read name none; the task itself says what is wrong with them.
 */
export async function pathsInSettings(args: readonly string[]): Promise<string[]> {
  const settings = await settingsOf(args);
  const pathsOf = (names: readonly string[]) =>
    settings.flatMap((each) => names.map((name) => each[name])).filter((path) => typeof path === "string");
  return [...pathsOf(PATHS), ...pathsOf(PATHS_BESIDE).map((path) => dirname(path))].flatMap((path) => [
    resolve(PROJECT, path),
    resolve(givenPath(path)),
  ]);
}

/** Whether a command line asks for a training that begins with the weights of ImageNet. */
export async function wantsImageNet(args: readonly string[]): Promise<boolean> {
  const weights = [...valuesOf("--weights", args), ...(await settingsOf(args)).map(({ weights }) => weights)];
  return weights[0] === "imagenet";
}

async function settingsOf(args: readonly string[]): Promise<Record<string, unknown>[]> {
  const files = [
    ...valuesOf("--config", args).map((name) => {
      const named = join(PROJECT, "lib", "training", "configurations", `${name}.jsonc`);
      return existsSync(named) ? named : givenPath(name);
    }),
    ...valuesOf("--run", args).flatMap((run) =>
      RUNS_WITHIN.map((within) => join(givenPath(run), within, "config.json"))
    ),
  ];
  return (await Promise.all(files.map(readSettings))).filter((settings) => settings !== null);
}

/** The settings in a file; null where it has none that can be read, of which the task itself says what is wrong. */
async function readSettings(file: string): Promise<Record<string, unknown> | null> {
  // Its name is a value, so that Deno does not look for the package of every task that names no settings.
  const reader = "../support/read_json.ts";
  const { readJson } = await import(reader) as typeof import("../support/read_json.ts");
  const content = await readJson(file, { comments: true }).catch(() => null);
  if (typeof content !== "object" || content === null) return null;
  return ("settings" in content ? content.settings : content) as Record<string, unknown> | null;
}
