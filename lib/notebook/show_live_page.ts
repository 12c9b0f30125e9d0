import { escapeHtml } from "../plots/escape_html.ts";
import { type LivePage, openLivePage } from "../server/live_page.ts";
import { openDisplay } from "./_display.ts";

/**
 * Shows the live page of a run below the cell, as `deno task train --open` opens it in a browser of its own: loss, AUC by
 * finding, time left and the last Grad-CAM, and at the end the report. Its reporter is to be given to what the run does.
 * For the Deno kernel only, and for browsers on the kernel's own machine.
 *
 * @example In a cell of a notebook
 * ```ts ignore
 * await using page = await showLivePage();
 * await completeRun(settings, { reporter: page.reporter });
 * ```
 */
export async function showLivePage({ height = 640 }: { height?: number } = {}): Promise<LivePage> {
  const page = await openLivePage();
  const address = escapeHtml(page.address);
  await openDisplay({
    "text/html":
      `<iframe src="${address}" title="The run" style="width:100%;height:${height}px;border:0"></iframe>`,
    "text/plain": `The run is shown at ${page.address}`,
  });
  return page;
}
