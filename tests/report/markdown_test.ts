import assert from "node:assert/strict";
import { escapeMarkdown } from "../../lib/report/markdown.ts";

Deno.test("escapeMarkdown() leaves nothing that Markdown, HTML or GitHub would take as more than text", () => {
  const cases = {
    "phantom-1": "phantom-1",
    "my_run": "my\\_run",
    "**a** `b` ~~c~~": "\\*\\*a\\*\\* \\`b\\` \\~\\~c\\~\\~",
    "[x](javascript:alert(1)) ![y](z)": "\\[x\\](javascript:alert(1)) \\!\\[y\\](z)",
    "<img src=x onerror=alert(1)> &amp;": "\\<img src=x onerror=alert(1)\\> \\&amp;",
    "a | b\n# c\\": "a \\| b\\\\n\\# c\\\\",
    "https://e.org www.e.org @someone #12": "https\\://e.org www\\.e.org \\@someone \\#12",
    "\u001b[2J": "\\\\x1b\\[2J",
  };
  for (const [text, escaped] of Object.entries(cases)) assert.equal(escapeMarkdown(text), escaped);
});
