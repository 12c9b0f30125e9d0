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

Deno.test("a table as HTML: texts escaped, null as a dash, numbers to the right, the first column names the rows", () => {
  const html = tableHtml(table);
  assert.match(
    html,
    /<th scope="col" style="text-align:right[^"]*">AUC<\/th><th scope="col" style="text-align:left">Why &lt;b&gt;<\/th>/,
  );
  assert.match(
    html,
    /<th scope="row" style="text-align:left">Hernia<\/th><td style="text-align:right[^"]*">-<\/td>/,
  );
  assert.match(html, />R&amp;D</);
});

Deno.test("a table of a page has classes for styles, a name, and no header without a text", () => {
  const html = tableHtml({ columns: ["", "AUC"], rows: [["Mass", 0.5]] }, {
    classes: true,
    labelledBy: "s1",
  });
  assert.equal(
    html,
    '<table aria-labelledby="s1"><thead><tr><td></td><th scope="col" class="number">AUC</th></tr></thead>' +
      '<tbody><tr><th scope="row">Mass</th><td class="number">0.5</td></tr></tbody></table>',
  );
});

Deno.test("a table as text: columns stand under each other", () => {
  assert.equal(
    tableText(table),
    ["Finding    AUC  Why <b>", "Mass     0.671  R&D", 'Hernia       -  no "positives"', "Total"].join("\n"),
  );
});
