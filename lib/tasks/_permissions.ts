import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { phantomSettingsOf } from "../phantom/phantom_folder.ts";
import { esbuildProgram } from "../support/esbuild_program.ts";
import { givenPath } from "../support/given_path.ts";
import { PROJECT } from "../support/project.ts";
import { workerList } from "../support/worker_list.ts";
import { openvinoFileIn } from "../openvino/library.ts";
import { pngLibraries, sharpLibrary } from "../support/image_libraries.ts";
import { filesOfLibrary } from "../tensorflow/check_library.ts";
import { libraryFile } from "../tensorflow/library.ts";
import { browserOpener } from "./_open_browser.ts";
import { isGiven, valuesOf, wantsOpenvino, wordsOf } from "./_arguments.ts";
import type { PathUse, Rights } from "./_rights.ts";
import { pathsInSettings } from "./_settings_named.ts";

/** Where native packages look which C library there is. */
const LDD = "/usr/bin/ldd";

/** What no task may change that has not to, even in a folder that it may write into: it is run or loaded later. */
const CODE = [".ci", ".git", ".venv", "deno.json", "deno.lock", "lib", "node_modules", "notebooks", "tests"];

/** Deno's flags for a task's rights, with the paths that its arguments name. */
export async function permissionFlags(rights: Rights, args: readonly string[]): Promise<string[]> {
  const { paths = {}, folders = {}, writes = [], runs = [], variables = [], asks = [], loads = [] } = rights;
  const given = Object.entries(paths).flatMap(([flag, use]) =>
    valuesOf(flag, args).map((value) => ({ path: resolve(givenPath(value)), use }))
  );
  const used = (use: PathUse) => given.filter((each) => each.use === use).map(({ path }) => path);
  const writable = [
    ...writes.map((path) => join(PROJECT, path)),
    ...used("folder"),
    ...Object.entries(folders).filter(([flag]) => isGiven(flag, args)).map(([, name]) =>
      resolve(givenPath(name))
    ),
    ...used("file").map((path) => dirname(path)),
  ];
  const written = rights.writesWith === undefined || isGiven(rights.writesWith, args) ? writable : [];
  const libraries = [
    ...loads.flatMap(filesOf),
    ...(rights.engine && wantsOpenvino(args)
      ? [openvinoFileIn(PROJECT)].filter((file) => file !== null)
      : []),
  ];
  const read = [
    PROJECT,
    join(PROJECT, "node_modules"),
    LDD,
    ...libraries,
    ...used("read"),
    ...used("beside").map((path) => dirname(path)),
    ...writable,
    ...(rights.readsArguments ? wordsOf(args).flatMap(pathsOf) : []),
    ...(rights.readsSettings ? await pathsInSettings(args) : []),
  ];
  const opens = rights.opensWith !== undefined && isGiven(rights.opensWith, args);
  const opener = opens ? browserOpener() : null;
  const kept = CODE.filter((path) => !writes.some((written) => `${written}/`.startsWith(`${path}/`)));
  return [
    ...(rights.anyFile ? ["--allow-read", "--allow-write"] : [
      ...(rights.readsArguments && isGiven("-", args)
        ? ["--allow-read"]
        : flag("--allow-read", read.flatMap(withTarget))),
      ...flag("--allow-write", written.flatMap(withTarget)),
      ...flag("--deny-write", kept.map((path) => join(PROJECT, path)).flatMap(withTarget)),
    ]),
    ...flag("--allow-ffi", libraries.flatMap(withTarget)),
    ...flag(
      "--allow-run",
      runs === "any" ? runs : [...runs.map(programOf), ...(opener === null ? [] : [opener])],
    ),
    ...flag("--allow-sys", asks),
    ...flag("--allow-env", variables === "any" ? variables : ["INIT_CWD", ...variables]),
    ...(variables === "any" ? [] : ["--ignore-env"]),
    ...(rights.network === true ? ["--allow-net"] : flag("--allow-net", [
      ...(rights.network === "local" || opens ? ["127.0.0.1"] : []),
      ...hostsOf(rights, args),
      ...(rights.workers ? addressesOfWorkers(args) : []),
    ])),
  ];
}

/** The addresses that a command line names to be listened on, as Deno writes them. */
function hostsOf({ listensOn }: Rights, args: readonly string[]): string[] {
  const hosts = listensOn === undefined ? [] : valuesOf(listensOn, args);
  return hosts.filter((host) => /^[\w.:-]+$/.test(host)).map((host) =>
    host.includes(":") ? `[${host}]` : host
  );
}

/** The addresses of the workers that a command line or TF_CONFIG names; the task itself says what is wrong with them. */
function addressesOfWorkers(args: readonly string[]): readonly string[] {
  const [workers, worker] = [valuesOf("--workers", args)[0], valuesOf("--worker", args)[0]];
  try {
    return workerList({
      workers,
      worker: worker === undefined ? undefined : Number(worker),
      tfConfig: Deno.env.get("TF_CONFIG"),
      trustNetwork: isGiven("--trust-network", args),
    })?.addresses ?? [];
  } catch {
    return [];
  }
}

/** What is read of a path or pattern, and the file that says of the images in it whether they are phantoms. */
function pathsOf(word: string): string[] {
  const path = resolve(givenPath(fixedPartOf(word)));
  if (word.includes(",") && !existsSync(path)) return []; // A list of names, not a path.
  return [path, phantomSettingsOf(path), phantomSettingsOf(join(path, "image"))];
}

/** The part of a pattern such as `scans/*.png` that is a path: `scans`; a path as it is. */
function fixedPartOf(pattern: string): string {
  const wild = pattern.search(/[*?[{]/);
  return wild < 0 ? pattern : dirname(`${pattern.slice(0, wild)}x`);
}

/**
 * A flag with a list, none where the list is empty. Deno 2.9 takes no comma in a path, not even a doubled one, so such a
 * path stands for the nearest folder above it that has none.
 */
function flag(name: string, values: "any" | readonly string[]): string[] {
  if (values === "any") return [name];
  const list = [...new Set(values.map(withoutComma))];
  return list.length === 0 ? [] : [`${name}=${list.join(",")}`];
}

function withoutComma(path: string): string {
  return path.includes(",") ? withoutComma(dirname(path)) : path;
}

/** A path, and where it leads by links: Deno goes by the one or by the other. */
function withTarget(path: string): string[] {
  try {
    return [path, Deno.realPathSync(path)];
  } catch {
    return [path];
  }
}

function programOf(name: string): string {
  if (name === "deno") return Deno.execPath();
  if (name === "esbuild") return esbuildProgram();
  return name.includes("/") ? join(PROJECT, name) : name;
}

function filesOf(library: "tensorflow" | "images"): string[] {
  if (library === "images") return [sharpLibrary() ?? [], pngLibraries()].flat();
  try {
    return filesOfLibrary(libraryFile());
  } catch {
    return []; // The task says itself that it is missing.
  }
}
