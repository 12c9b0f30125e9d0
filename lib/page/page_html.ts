import { escapeHtml } from "../plots/escape_html.ts";
import { sha256Base64 } from "../support/sha256.ts";
import type { Bundle } from "./bundle.ts";
import type { PageData } from "./page_data.ts";

/** The files of a page, by name. */
export type PageFiles = Record<string, string>;

/** What a page's scripts find the page's data under. */
const DATA = "globalThis.thoraxPage = ";

/**
 * Puts a page together. Its Content-Security-Policy lets it open no connection, and run no script and apply no style but
 * its own; so data come as scripts too.
 *
 * @param options `singleFile`: everything in one HTML file, whose scripts are known by their hashes, instead of four files.
 */
export function pageFiles(
  data: PageData,
  { script, style }: Bundle,
  { singleFile }: { singleFile: boolean },
): PageFiles {
  const title = `Thorax: ${data.run}`;
  const dataScript = `${DATA}${JSON.stringify(data).replaceAll("<", "\\u003c")};`;
  if (!singleFile) {
    return {
      "index.html": html(title, {
        scripts: "'self'",
        styles: "'self'",
        head: '<link rel="stylesheet" href="style.css">',
        body: '<script src="data.js"></script>\n<script src="app.js"></script>',
      }),
      "style.css": style,
      "data.js": dataScript,
      "app.js": script,
    };
  }
  const hash = (text: string) => `'sha256-${sha256Base64(text)}'`;
  return {
    "index.html": html(title, {
      scripts: `${hash(dataScript)} ${hash(script)}`,
      styles: hash(style),
      head: `<style>${style}</style>`,
      body: `<script>${dataScript}</script>\n<script>${script}</script>`,
    }),
  };
}

function html(
  title: string,
  { scripts, styles, head, body }: { scripts: string; styles: string; head: string; body: string },
): string {
  const policy = [
    "default-src 'none'",
    `script-src ${scripts} 'wasm-unsafe-eval'`,
    `style-src ${styles}`,
    "img-src blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
<noscript>This page runs a neural network in your browser, which needs JavaScript.</noscript>
<div id="page"></div>
${body}
</body>
</html>
`;
}
