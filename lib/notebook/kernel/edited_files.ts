import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { importsIn, type ImportTarget } from "./import_targets.ts";

/** What has been edited since the last look, and what has to be imported anew. */
export interface EditedFiles {
  /** The files that have changed. */
  changed: string[];
  /** They and the files that depend on them, as far as they are watched. */
  affected: Set<string>;
  /** For the address of every module that was edited, or depends on one that was: how often that has happened. */
  versions: Record<string, number>;
}

/**
 * Watches the modules of some folders for changes.
 *
 * @param targetOf Which file an import names.
 * @returns A function that looks at them again.
 */
export function watchEditedFiles(folders: readonly string[], targetOf: ImportTarget): () => EditedFiles {
  const times = timesOf(folders);
  const versions: Record<string, number> = {};
  return () => {
    const changed: string[] = [];
    for (const [file, time] of timesOf(folders)) {
      if (times.get(file) !== undefined && times.get(file) !== time) changed.push(file);
      times.set(file, time);
    }
    const affected = changed.length > 0
      ? dependentsOf(changed, { modules: times.keys(), targetOf })
      : new Set<string>();
    for (const file of affected) {
      const url = pathToFileURL(file).href;
      versions[url] = (versions[url] ?? 0) + 1;
    }
    return { changed, affected, versions: { ...versions } };
  };
}

/** When each module was changed last, in milliseconds. */
function timesOf(folders: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  const visit = (folder: string) => {
    for (const { name, isDirectory, isFile } of entriesOf(folder)) {
      const path = join(folder, name);
      if (isDirectory && !name.startsWith(".") && name !== "node_modules" && name !== "data") visit(path);
      if (isFile && name.endsWith(".ts")) {
        const time = changeOf(path);
        if (time !== undefined) times.set(path, time);
      }
    }
  };
  folders.forEach(visit);
  return times;
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    return [];
  }
}

/** Files, and all of the modules that import one of them, directly or by others. */
function dependentsOf(
  files: readonly string[],
  { modules, targetOf }: { modules: Iterable<string>; targetOf: ImportTarget },
): Set<string> {
  const importers = new Map<string, string[]>();
  for (const module of modules) {
    for (const specifier of importsIn(readText(module))) {
      const target = targetOf(specifier, module);
      if (target !== null) importers.set(target, [...importers.get(target) ?? [], module]);
    }
  }
  const found = new Set(files);
  for (const file of found) for (const importer of importers.get(file) ?? []) found.add(importer);
  return found;
}

function readText(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return "";
  }
}

function changeOf(file: string): number | undefined {
  try {
    return Deno.statSync(file).mtime?.getTime();
  } catch {
    return undefined;
  }
}
