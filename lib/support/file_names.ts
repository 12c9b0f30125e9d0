/**
 * Names for files after texts, such as findings: letters, digits, spaces, `_`, `-`, `(` and `)` stay, all else becomes
 * `_`; where two would be the same, the later ones get a number.
 *
 * @example
 * ```ts
 * import { fileNames } from "./file_names.ts";
 * fileNames(["Mass", "Nodule/Mass", "Nodule:Mass"]); // Mass, Nodule_Mass, Nodule_Mass-2
 * ```
 */
export function fileNames(texts: readonly string[]): string[] {
  const taken = new Set<string>();
  return texts.map((text) => {
    const plain = text.replaceAll(/[^\p{L}\p{N} _()-]/gu, "_").slice(0, 100) || "_";
    let name = plain;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${plain}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
