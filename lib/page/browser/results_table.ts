/// <reference lib="dom" />
import { byExcess, type FindingScale } from "../../evaluation/finding_scale.ts";
import { rowCells, rowHeader, rowOf } from "../../runs/prediction_row.ts";
import { csvText } from "../../support/csv.ts";
import { button, element } from "./dom.ts";
import { type Case, judgementsOf } from "./read_case.ts";
import { findingTitle, likelihood } from "./words.ts";

/** A table of all images. */
export interface ResultsTable {
  element: HTMLElement;
  refresh(cases: readonly Case[]): void;
}

/** The columns before those of findings. */
const IMAGE = "Image";
const FIRST = "Furthest above its threshold";

/** Makes the table. A click on a column's title sorts by it, another one the other way round. */
export function makeResultsTable(
  scales: readonly FindingScale[],
  { onShow }: { onShow: (one: Case) => void },
): ResultsTable {
  const findings = scales.map(({ finding }) => finding);
  const columns = [IMAGE, FIRST, ...findings];
  let cases: readonly Case[] = [];
  let sorted: { column: string; isFalling: boolean } | null = null;
  const body = element("tbody");
  const titles = columns.map((column) =>
    element(
      "th",
      { scope: "col", className: column === IMAGE || column === FIRST ? "" : "upright" },
      button(column === IMAGE || column === FIRST ? column : findingTitle(column), () => sortBy(column)),
    )
  );
  const save = button("Save as CSV", () => void saveAs(), { className: "save" });

  function sortBy(column: string): void {
    const isFalling = sorted?.column === column ? !sorted.isFalling : column !== IMAGE;
    sorted = { column, isFalling };
    fill();
  }

  function fill(): void {
    const rows = cases.map((one) => {
      const judgements = judgementsOf(one, scales);
      const [first] = byExcess(judgements);
      const values: Record<string, string | number> = {
        [IMAGE]: one.name,
        [FIRST]: first!.excess ?? -Infinity,
      };
      judgements.forEach(({ finding, probability, score }) => values[finding] = probability ?? score);
      const name = first!.isAbove ? findingTitle(first!.finding) : "–";
      const cells = judgements.map(({ probability, score, isAbove }) =>
        element(
          "td",
          { className: isAbove ? "number above" : "number" },
          likelihood({ probability, score }),
        )
      );
      const row = element(
        "tr",
        {},
        element("th", { scope: "row", title: one.name }, button(one.name, () => onShow(one))),
        element(
          "td",
          {},
          name,
          one.warnings.length > 0 ? element("span", { title: one.warnings.join("; ") }, " ⚠") : "",
        ),
        ...cells,
      );
      return { values, row };
    });
    if (sorted !== null) {
      const { column, isFalling } = sorted;
      rows.sort(({ values: a }, { values: b }) => {
        const [p, q] = [a[column]!, b[column]!];
        const order = typeof p === "string"
          ? p.localeCompare(String(q), "en", { numeric: true })
          : p - Number(q);
        return (Number.isNaN(order) ? 0 : order) * (isFalling ? -1 : 1);
      });
    }
    columns.forEach((column, i) => {
      const order = sorted?.column !== column ? "none" : sorted.isFalling ? "descending" : "ascending";
      titles[i]!.setAttribute("aria-sort", order);
    });
    body.replaceChildren(...rows.map(({ row }) => row));
    save.disabled = cases.length === 0;
  }

  /** Saves what `deno task predict --out` would write, thresholds as they are set here. */
  async function saveAs(): Promise<void> {
    const rows = await Promise.all(
      cases.map(async (one) =>
        rowCells(await rowOf({ ...one, judgements: judgementsOf(one, scales) }), findings)
      ),
    );
    const address = URL.createObjectURL(
      new Blob([csvText([rowHeader(findings), ...rows])], { type: "text/csv" }),
    );
    element("a", { href: address, download: "predictions.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  fill();
  return {
    element: element(
      "div",
      {},
      element("p", {}, save),
      element(
        "div",
        { className: "scroll", tabIndex: 0, role: "region", "aria-label": "All images" },
        element("table", { className: "results" }, element("thead", {}, element("tr", {}, ...titles)), body),
      ),
    ),
    refresh(all) {
      cases = all;
      fill();
    },
  };
}
