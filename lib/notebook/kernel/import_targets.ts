import { dirname, join, resolve } from "node:path";
import { parse } from "jsonc-parser";

/** Which file of this machine an import names; null where it is of a package or built in. */
export type ImportTarget = (specifier: string, importer: string) => string | null;

/** What import statements and calls in a module's text name, in their order. */
export function importsIn(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g)].map(([, specifier]) => specifier!);
}

/**
 * Finds the files that imports name: relative ones, and names such as `thorax/plots` by the import map of the nearest
 * `deno.json` above a folder.
 */
export function importTargets(folder: string): ImportTarget {
  const { root, imports } = importMapAbove(resolve(folder));
  const named = Object.entries(imports).filter(([, target]) => /^\.{1,2}\//.test(target));
  return (specifier, importer) => {
    if (/^\.{1,2}\//.test(specifier)) return resolve(dirname(importer), specifier);
    for (const [name, target] of named) {
      if (specifier === name) return resolve(root, target);
      if (name.endsWith("/") && specifier.startsWith(name)) {
        return resolve(root, target, specifier.slice(name.length));
      }
    }
    return null;
  };
}

/** The import map of the nearest configuration, and its folder; an empty one where there is none. */
function importMapAbove(folder: string): { root: string; imports: Record<string, string> } {
  for (let root = folder;; root = dirname(root)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const text = textIfThere(join(root, name));
      if (text !== null) return { root, imports: parse(text)?.imports ?? {} };
    }
    if (root === dirname(root)) return { root, imports: {} };
  }
}

function textIfThere(file: string): string | null {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return null;
  }
}
