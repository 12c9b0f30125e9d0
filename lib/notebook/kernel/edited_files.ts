import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { broadcast } from "./_broadcast.ts";

/** A module of the project that was imported. */
interface Loaded {
  /** When its file had been changed last, in milliseconds. */
  changed: number;
  /** How often it has been taken anew; 0 for the first time. */
  version: number;
  /** The modules that import it. */
  importers: Set<string>;
}

const PROJECT = new URL("../../../", import.meta.url).href;

/**
 * Lets an edited file of the project be taken by the next cell that imports it, with all that depends on it. Modules that
 * have not changed stay the same, so that what they hold (such as TensorFlow) is kept.
 */
export function takeEditedFiles(): void {
  const modules = new Map<string, Loaded>();
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const { url } = resolved;
      if (!isWatched(url)) return resolved;
      const parent = context.parentURL?.split("?")[0];
      const fromCell = parent === undefined || !isWatched(parent);
      if (fromCell) takeChanges(modules);
      const loaded = modules.get(url) ??
        { changed: changeOf(url) ?? 0, version: 0, importers: new Set<string>() };
      modules.set(url, loaded);
      if (!fromCell) loaded.importers.add(parent);
      return loaded.version === 0 ? resolved : { ...resolved, url: `${url}?version=${loaded.version}` };
    },
  });
}

function isWatched(url: string): boolean {
  return url.startsWith(PROJECT) && url.endsWith(".ts") && !url.includes("/node_modules/") &&
    !url.includes("/lib/notebook/kernel/");
}

function takeChanges(modules: Map<string, Loaded>): void {
  const changed = [...modules].filter(([url, loaded]) => {
    const now = changeOf(url);
    if (now === null || now === loaded.changed) return false;
    loaded.changed = now;
    return true;
  }).map(([url]) => url);
  if (changed.length === 0) return;
  const stale = new Set(changed);
  for (const url of stale) for (const importer of modules.get(url)!.importers) stale.add(importer);
  for (const url of stale) {
    const loaded = modules.get(url);
    if (loaded) loaded.version++;
  }
  void broadcast("thorax_changed", { files: changed.map((url) => fileURLToPath(url)) });
}

function changeOf(url: string): number | null {
  try {
    return Deno.statSync(fileURLToPath(url)).mtime?.getTime() ?? null;
  } catch {
    return null;
  }
}
