/**
 * Stores the specification of every figure (tests/plots/_figures.ts) in tests/fixtures/plots/figures.json, its picture in
 * NAME.svg beside it, and a page with all of them in the file that is named. Run it when a figure is meant to change,
 * look at the page, then commit:
 *
 *     deno run --allow-read --allow-write --allow-env tests/oracles/figures.ts page.html
 */
import { figureToSvg } from "../../lib/plots/figure_svg.ts";
import { pageHtml } from "../../lib/report/page.ts";
import { everyFigure } from "../plots/_figures.ts";

const figures = everyFigure();
await Deno.writeTextFile(
  new URL("../fixtures/plots/figures.json", import.meta.url),
  JSON.stringify(figures, null, 1) + "\n",
);
for (const [name, figure] of Object.entries(figures)) {
  await Deno.writeTextFile(
    new URL(`../fixtures/plots/${name}.svg`, import.meta.url),
    (await figureToSvg(figure)) + "\n",
  );
}
if (Deno.args[0] !== undefined) {
  const blocks = Object.values(figures).map((figure) => ({ figure, wide: true }));
  const sections = [{ title: "All figures", howToRead: "Made-up data.", blocks }];
  const page = { title: "Figures", lead: "", highlights: [], warnings: [], sections, footer: [] };
  await Deno.writeTextFile(Deno.args[0], await pageHtml(page));
}
