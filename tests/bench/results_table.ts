import type { Table } from "../../lib/report/table.ts";
import type { Result } from "./result.ts";

/**
 * Results as a table: a row for each measure and peer. Where some were also measured with AVX-512 switched off, those
 * values stand in columns of their own.
 */
export function tableOf(results: readonly Result[]): Table {
  const hasLimited = results.some(({ instructions }) => instructions !== "all");
  const rows = new Map<string, { all?: Result; limited?: Result }>();
  for (const result of results) {
    const key = `${result.measure}\n${result.peer}`;
    rows.set(key, { ...rows.get(key), [result.instructions === "all" ? "all" : "limited"]: result });
  }
  const limitedColumns = ["Thorax, no AVX-512", "peer's, no AVX-512", "ratio, no AVX-512"];
  return {
    columns: ["", "Thorax", "peer's", "unit", "ratio", ...(hasLimited ? limitedColumns : []), "peer"],
    rows: [...rows.values()].map(({ all, limited }) => {
      const { measure, unit, peer } = (all ?? limited)!;
      const [own, peers, ratio] = cells(all);
      return [measure, own!, peers!, unit, ratio!, ...(hasLimited ? cells(limited) : []), peer];
    }),
  };
}

/** A table in Markdown. */
export function tableMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly unknown[]) => `| ${cells.join(" | ")} |\n`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("");
}

function cells(result: Result | undefined): string[] {
  if (!result) return ["", "", ""];
  return [digits(result.ours), digits(result.peerValue), `${digits(result.ratio)}x`];
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
