import type { CellMistake } from "./parse_cell.ts";

/** A mistake as it is shown, with what may be known besides. */
export interface DescribedMistake extends CellMistake {
  /** The compiler's number, such as 2551. */
  code?: number | string;
  /** The names of the quick fixes. */
  fixes?: readonly string[];
}

/** Shows mistakes with the line that each stands in, underlined by carets. */
export function describeMistakes(code: string, mistakes: readonly DescribedMistake[]): string {
  const lines = code.split("\n");
  return mistakes.map(({ line, column, length, message, code: number, fixes = [] }) => {
    const text = lines[line - 1] ?? "";
    const indent = text.slice(0, column - 1).replace(/[^\t]/g, " ");
    return [
      `line ${line}, column ${column}: ${message}${number === undefined ? "" : ` (TS${number})`}`,
      `  ${text}`,
      `  ${indent}${"^".repeat(length)}`,
      ...fixes.map((fix) => `  quick fix: ${fix}`),
    ].join("\n");
  }).join("\n");
}

/** What to write instead of a line that Python's notebooks know and TypeScript does not; null for any other line. */
export function adviceAgainstMagic(code: string): string | null {
  const line = code.split("\n").find((text) => /^\s*(%{1,2}[a-z]\w*|![\w./])/i.test(text));
  if (line === undefined) return null;
  const [, name = "", rest = ""] = /^\s*(?:%{1,2}(\w+)|!)\s*(.*)$/.exec(line)!;
  const instead: Record<string, string> = {
    time: `write time(() => ${rest || "..."})`,
    timeit: `write time(() => ${rest || "..."})`,
    load_ext: "an edited file of lib/ is taken by the next cell that imports it",
    autoreload: "an edited file of lib/ is taken by the next cell that imports it",
    reload_ext: "an edited file of lib/ is taken by the next cell that imports it",
    matplotlib: "a figure shows itself: end the cell with it, or await show(figure)",
    cd: `write Deno.chdir("${rest || "..."}")`,
    pwd: "write Deno.cwd()",
    env: "write Deno.env.toObject()",
    who: "names are completed by Tab",
    whos: "names are completed by Tab",
    pip: 'write import ... from "npm:NAME"',
    run: `write await import("${rest || "..."}")`,
  };
  const advice = name === ""
    ? `write await new Deno.Command("${rest.split(" ")[0]}").output()`
    : instead[name] ?? "write it in TypeScript";
  return `there are no magics in TypeScript ("${line.trim()}"): ${advice}`;
}
