import { parseCell, renameInCell } from "./parse_cell.ts";

/** The text that a cell is judged in: what ran before it, then the cell, as one module. */
export interface CellInContext {
  text: string;
  /** How many lines stand before the cell. */
  linesBefore: number;
  /** How many characters stand before the cell. */
  charactersBefore: number;
}

/** The cells that a kernel has run, as far as a type checker needs to know. */
export interface CellContext {
  /** A cell with all before it. Its own earlier version is left out. */
  around(key: string, code: string): CellInContext;
  /** Says that a cell has been run. */
  add(key: string, code: string): void;
  /** The keys of cells whose text is as asked. */
  matching(isAsked: (text: string) => boolean): string[];
}

/**
 * Keeps the cells that ran, in the order in which they ran last. A name that is declared anew hides the one before,
 * as it does in the kernel: the earlier one is renamed in the cells before.
 *
 * @param options `preface` stands before all cells, such as a declaration of what the kernel gives to all of them.
 */
export function cellContext({ preface = "" }: { preface?: string } = {}): CellContext {
  const cells = new Map<string, string>();
  return {
    around(key, code) {
      const declared = parseCell(code).declared;
      const taken = new Set(declared);
      const texts: string[] = [];
      for (const [other, text] of [...cells].reverse()) {
        if (other === key) continue;
        const names = parseCell(text).declared;
        const hidden = names.filter((name) => taken.has(name));
        texts.unshift(hidden.reduce((renamed, name) => renameInCell(renamed, name, `${name}_hidden`), text));
        for (const name of names) taken.add(name);
      }
      const before = preface + texts.map((text) => text + "\n;\n").join("");
      return {
        text: `${before}${code}\nexport {};\n`,
        linesBefore: before.split("\n").length - 1,
        charactersBefore: before.length,
      };
    },
    add(key, code) {
      cells.delete(key);
      cells.set(key, code);
    },
    matching: (isAsked) => [...cells].flatMap(([key, text]) => isAsked(text) ? [key] : []),
  };
}
