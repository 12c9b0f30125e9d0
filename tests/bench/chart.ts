import { figureToSvg } from "../../lib/plots/figure_svg.ts";
import { pageHtml } from "../../lib/report/page.ts";
import { ratiosFigure } from "../../lib/plots/ratios.ts";
import type { Table } from "../../lib/report/table.ts";
import type { Result } from "./result.ts";

/** Draws results as one SVG picture. */
export function chartSvg(results: readonly Result[]): Promise<string> {
  return figureToSvg(chartOf(results), { width: 860 });
}

/** Writes a page with the results as a chart and a table. */
export function chartHtml(
  results: readonly Result[],
  { machine, table }: { machine: string; table: Table },
): Promise<string> {
  return pageHtml({
    title: "Benchmark",
    lead: `Measured on ${machine}. Sides took turns; values are medians.`,
    highlights: [],
    warnings: [],
    sections: [{
      title: "Results",
      howToRead: "A ratio above 1 means that this project is ahead of the peer, whatever the unit.",
      blocks: [{ figure: chartOf(results), wide: true }, { table }],
    }],
    footer: ["Made by deno task bench."],
  });
}

function chartOf(results: readonly Result[]) {
  return ratiosFigure(
    results.map(({ measure, peer, ratio }) => ({ name: measure, peer, ratio })),
    "Against peers",
  );
}
