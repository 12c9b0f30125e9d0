import { escapeHtml } from "../plots/escape_html.ts";
import { display, type Shown } from "./show.ts";

/** How a run's page is opened. */
export interface OpenPageOptions {
  /** Images to be bundled; phantoms by default. */
  examples?: readonly string[];
  /** The height of its frame below the cell, in pixels; 900 by default. */
  height?: number;
}

/** The page of a run, served to this machine until it is disposed of. */
export interface OpenPage extends Shown, AsyncDisposable {
  /** Where it is served. */
  address: string;
  /** What is to be said of the run. */
  notes: readonly string[];
}

/**
 * Builds the page in which a run's network looks at images, in the browser itself, as `deno task page` does, and serves it
 * to this machine; as the last value of a cell it is shown below it. For browsers on the kernel's own machine.
 *
 * @throws {InputError} Where the folder holds no run that has ended, or an example cannot be read.
 */
export async function openPage(dir: string, options: OpenPageOptions = {}): Promise<OpenPage> {
  const { examples = [], height = 900 } = options;
  const { buildPage } = await import("../page/build_page.ts");
  const { servePage } = await import("../page/serve_page.ts");
  const { files, notes } = await buildPage(dir, {
    rule: { rule: "youden" },
    weights: "float16",
    singleFile: false,
    examples: [...examples],
  });
  const ending = new AbortController();
  const listening = Promise.withResolvers<string>();
  const served = servePage(files, { port: 0, signal: ending.signal, onListening: listening.resolve });
  served.catch(listening.reject);
  const address = await listening.promise;
  const [source, style] = [escapeHtml(address), `width:100%;height:${height}px;border:0`];
  return {
    address,
    notes,
    [display]: () => ({
      "text/html": `<iframe src="${source}" title="The page of the run" style="${style}"></iframe>`,
      "text/plain": `The page is served at ${address}`,
    }),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await served;
    },
  };
}
