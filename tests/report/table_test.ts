import assert from "node:assert/strict";
import { escapeHtml } from "../../lib/plots/escape_html.ts";
import { tableHtml, tableText } from "../../lib/report/table.ts";

const table = {
  columns: ["Finding", "AUC", "Why <b>"],
  rows: [["Mass", "0.671", "R&D"], ["Hernia", null, 'no "positives"'], ["Total", "", ""]],
};

Deno.test("HTML shows a text as it is", () => {
  assert.equal(
    escapeHtml(`<a href="x" id='y'>&amp;`),
    "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;",
  );
});

Deno.test("a table as HTML: texts escaped, null as a dash, numbers to the right", () => {
  const html = tableHtml(table);
  assert.match(
    html,
    /<th style="text-align:right[^"]*">AUC<\/th><th style="text-align:left">Why &lt;b&gt;<\/th>/,
  );
  assert.match(html, /<td style="text-align:left">Hernia<\/td><td style="text-align:right[^"]*">-<\/td>/);
  assert.match(html, />R&amp;D</);
});

Deno.test("a table as text: columns stand under each other", () => {
  assert.equal(
    tableText(table),
    ["Finding    AUC  Why <b>", "Mass     0.671  R&D", 'Hernia       -  no "positives"', "Total"].join("\n"),
  );
});
