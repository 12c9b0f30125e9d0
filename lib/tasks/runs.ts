import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import type { CacheFile } from "../dataset/spare_caches.ts";
import type { Interval } from "../evaluation/interval.ts";
import type { ListedRun, SettingDifference } from "../runs/list_runs.ts";
import { givenPath } from "../support/given_path.ts";
import { InputError } from "../support/input_error.ts";
import { IMAGE_CACHE, PROJECT, RUNS } from "../support/project.ts";
import { choiceOption, defineTask, pathOption, runTask, warn } from "./_command.ts";
import { between, decimals } from "../support/decimals.ts";
import { alignColumns } from "./_describe_metrics.ts";
import { printable } from "../support/printable.ts";

const CLEANED = ["checkpoints", "caches"] as const;

interface RunsFlags {
  dir: string;
  clean?: (typeof CLEANED)[number];
  yes?: boolean;
  json?: boolean;
}

const runs = defineTask("runs", {
  description:
    "Lists the runs of a folder, the newest first: data, network, mean test AUC with its interval, date and size. Of " +
    "two runs it shows the settings in which they differ and their AUCs side by side; --json says all of it for " +
    "programs. With --clean it says what could " +
    "be removed, and removes it with --yes.",
  examples: [
    ["deno task runs", "lists the runs in data/runs"],
    [
      "deno task runs phantom-1 phantom-2",
      "two of them side by side; compare tests whether a difference is sure",
    ],
    [
      "deno task runs --clean checkpoints",
      "says which weights ended runs can do without: all but those of the chosen and of the last epoch " +
      "(notebook 04 reads them all)",
    ],
    ["deno task runs --clean caches --yes", "removes decoded images; the next training decodes them again"],
  ],
})
  .argument(
    "[runs...]",
    "two runs to be set side by side (names in --dir, or folders), or names of those to be cleaned",
  )
  .addOption(pathOption("--dir <dir>", { description: "the folder of the runs", default: RUNS }))
  .addOption(choiceOption("--clean <what>", {
    description: "say which checkpoints or which caches of images are not needed, and how large they are",
    choices: CLEANED,
  }))
  .option("--yes", "remove what --clean names")
  .option(
    "--json",
    "print the runs, all or those that are named, as JSON: with settings, findings and their AUCs",
  )
  .action(async (names: string[], { dir, clean, yes = false, json = false }: RunsFlags) => {
    if (yes && clean === undefined) {
      throw new InputError("--yes: goes with --clean checkpoints or --clean caches");
    }
    if (json && clean !== undefined) throw new InputError("--json: does not go with --clean");
    if (clean === "caches") {
      if (names.length > 0) throw new InputError("--clean caches: caches are of no run: name none");
      return await cleanCaches({ yes });
    }
    const { listRuns, readListedRun } = await import("../runs/list_runs.ts");
    if (json) {
      const { runs, faults } = names.length === 0
        ? await listRuns(dir)
        : { runs: await Promise.all(names.map((name) => readListedRun(runOf(name, dir)))), faults: [] };
      faults.forEach(warn);
      return console.log(JSON.stringify(runs.map(plainRun), null, 1));
    }
    if (clean === undefined && names.length > 0) {
      if (names.length !== 2) {
        throw new InputError(`Two runs can be set side by side, and ${names.length} are named`);
      }
      const [first, second] = await Promise.all(names.map((name) => readListedRun(runOf(name, dir))));
      const { settingDifferences } = await import("../runs/list_runs.ts");
      const differences = settingDifferences(first!.settings, second!.settings);
      return console.log(describePair([first!, second!], differences));
    }
    const list = names.length === 0
      ? await listRuns(dir)
      : { runs: await Promise.all(names.map((name) => readListedRun(runIn(dir, name)))), faults: [] };
    list.faults.forEach(warn);
    if (clean === "checkpoints") await cleanCheckpoints(list.runs, { yes });
    else console.log(list.runs.length === 0 ? `No runs in ${printable(dir)}` : describeRuns(list.runs));
  });

/** A run's folder, by its name in a folder of runs or by its path. */
function runOf(name: string, dir: string): string {
  const inside = join(dir, name);
  return existsSync(inside) ? inside : resolve(givenPath(name));
}

/** A run's folder by its name, for what changes it. */
function runIn(dir: string, name: string): string {
  const inside = join(dir, name);
  if (relative(dir, inside) === name && !name.startsWith("..") && existsSync(inside)) return inside;
  throw new InputError(`${name}: there is no such run in ${dir}; --dir names the folder that it is in`);
}

/** A run as JSON says it. */
function plainRun({ folder, test, ...run }: ListedRun) {
  return {
    ...run,
    folder: folder.dir,
    test: test && { ...test, labels: Object.fromEntries(test.labels) },
  };
}

/** A table of runs. */
export function describeRuns(listed: readonly ListedRun[]): string {
  return alignColumns([
    ["run", "data", "network", "test AUC", "", "date", "size"],
    ...listed.map((run) => [
      run.name,
      dataOf(run),
      `${run.settings.network} ${run.settings.imageSize}px`,
      run.test !== null
        ? decimals(run.test.mean)
        : run.imported !== null
        ? "not tested"
        : `epoch ${run.epochs} of ${run.settings.epochs}`,
      run.test?.meanInterval ? between(run.test.meanInterval) : "",
      run.date.toISOString().slice(0, 16).replace("T", " "),
      megabytes(run.bytes),
    ]),
  ]);
}

/** Two runs side by side: the settings in which they differ, and their AUCs. */
export function describePair(
  [first, second]: readonly [ListedRun, ListedRun],
  differences: readonly SettingDifference[],
): string {
  const findings = [...new Set([...first.findings, ...second.findings])];
  const aucs = ({ test }: ListedRun, finding: string) => test?.labels.get(finding);
  return [
    alignColumns([
      ["setting", first.name, second.name],
      ...differences.map(({ name, first, second }) => [name, first, second]),
    ]),
    differences.length === 0 ? "All settings are equal." : "All other settings are equal.",
    "",
    alignColumns([
      ["test AUC", first.name, "", second.name, ""],
      ...findings.map((
        finding,
      ) => [finding, ...[first, second].flatMap((run) => aucCells(aucs(run, finding)))]),
      [
        "mean",
        ...[first, second].flatMap(({ test }) =>
          aucCells(test === null ? undefined : { auc: test.mean, interval: test.meanInterval })
        ),
      ],
    ]),
    ...[first, second].filter(({ test }) => test === null).map((run) => `${run.name} ${whyUntested(run)}.`),
  ].join("\n");
}

function aucCells(found: { auc: number | null; interval: Interval | null } | undefined): string[] {
  return found === undefined
    ? ["-", ""]
    : [decimals(found.auc), found.interval ? between(found.interval) : ""];
}

function whyUntested({ imported }: ListedRun): string {
  return imported === null ? "has not ended" : "has imported weights, which were not tested";
}

async function cleanCheckpoints(listed: readonly ListedRun[], { yes }: { yes: boolean }): Promise<void> {
  const { removeSpareCheckpoints, spareCheckpoints } = await import("../runs/spare_checkpoints.ts");
  const all: CacheFile[] = [];
  for (const run of listed) {
    if (run.test === null) {
      console.log(`${run.name}: ${whyUntested(run)}: its checkpoints stay`);
      continue;
    }
    const spare = await spareCheckpoints(run);
    if (spare.length === 0) continue;
    console.log(`${run.name}: ${spare.map(({ path }) => basename(path)).join(", ")}: ${sizeOf(spare)}`);
    all.push(...(yes ? await removeSpareCheckpoints(run) : spare));
  }
  console.log(total(all, { yes, what: "checkpoints" }));
}

async function cleanCaches({ yes }: { yes: boolean }): Promise<void> {
  const { findCaches, removeCaches } = await import("../dataset/spare_caches.ts");
  const caches = await findCaches(IMAGE_CACHE);
  for (const { path, bytes } of caches) console.log(`${relative(PROJECT, path)}: ${megabytes(bytes)}`);
  console.log(total(yes ? await removeCaches(caches) : caches, { yes, what: "caches" }));
}

function total(files: readonly CacheFile[], { yes, what }: { yes: boolean; what: string }): string {
  const said = `${files.length} ${what}, ${sizeOf(files)}`;
  if (files.length === 0) return yes ? "Nothing was removed." : `There are no ${what} to be removed.`;
  return yes ? `Removed ${said}.` : `${said}: nothing was removed; --yes removes them.`;
}

function sizeOf(files: readonly CacheFile[]): string {
  return megabytes(files.reduce((sum, { bytes }) => sum + bytes, 0));
}

function dataOf({ phantom, imported, settings: { data, table } }: ListedRun): string {
  if (imported !== null) return `imported: ${imported.from}`;
  return phantom ? "phantoms" : basename(table ?? data ?? "");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) await runTask(runs);
