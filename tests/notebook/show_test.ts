import assert from "node:assert/strict";
import type { Figure } from "../../lib/plots/figure.ts";
import type { MimeBundle } from "../../lib/notebook/_display.ts";
import { pretendKernel } from "./_kernel.ts";
import { checkAnswer } from "../../lib/notebook/check_answer.ts";
import { say } from "../../lib/notebook/say.ts";
import { show, showLive, type Shown, showPicture, showTable } from "../../lib/notebook/show.ts";

const figure: Figure = {
  data: [{ type: "bar", x: ["a", "b"], y: [1, 2] }],
  layout: { height: 300, title: { text: "Two bars" } },
};
const PLOTLY = "application/vnd.plotly.v1+json";

function displayed(shown: Shown): MimeBundle | Promise<MimeBundle> {
  const make = Reflect.get(shown, Symbol.for("Jupyter.display")) as () => MimeBundle;
  return make();
}

Deno.test("a figure is shown as its specification, as a picture and as a line of text", async () => {
  const bundle = await displayed(show(figure));
  assert.deepEqual(Object.keys(bundle).sort(), [PLOTLY, "image/svg+xml", "text/plain"]);
  assert.deepEqual(bundle[PLOTLY], figure);
  assert.match(String(bundle["image/svg+xml"]), /^<svg .*<path .*<\/svg>$/s);
  assert.equal(bundle["text/plain"], "Figure: Two bars");
});

Deno.test("what a notebook says, and its verdict on an answer, are Markdown", async () => {
  const text = "**Two** lines\nof 3 images";
  assert.deepEqual(await displayed(say("**Two** lines", `of ${3} images`)), {
    "text/markdown": text,
    "text/plain": text,
  });
  const half = { within: 0.01, answer: () => 0.5, why: () => "Half of one." };
  const verdicts = [null, 0.5, 0.7].map((answer) => displayed(checkAnswer(half, { answer, context: {} })));
  assert.deepEqual((await Promise.all(verdicts)).map((bundle) => bundle["text/markdown"]), [
    "No answer yet: write it in place of `null` and run the cell again.",
    "✔ Right. Half of one.",
    "✘ Not yet. It is too high.",
  ]);
});

Deno.test("a picture is shown as a PNG, a table as HTML and as text", async () => {
  assert.deepEqual(await displayed(showPicture(new Uint8Array([1, 2, 3]), "Three bytes")), {
    "image/png": "AQID",
    "text/plain": "Three bytes",
  });
  const bundle = await displayed(showTable({ columns: ["Name", "Count"], rows: [["a", 1200]] }));
  assert.match(String(bundle["text/html"]), /<td[^>]*>1,200<\/td>/);
  assert.match(String(bundle["text/plain"]), /^Name +Count\na +1,200$/);
});

Deno.test("a live figure is replaced by way of something else, and gets its picture at the end", async () => {
  using kernel = pretendKernel();
  const live = await showLive(figure);
  await live.update(figure);
  await live.finish(figure);
  const { sent } = kernel;
  assert.deepEqual(sent.map(({ type, data }) => [type, ...Object.keys(data).sort()]), [
    ["display_data", PLOTLY, "text/plain"],
    ["update_display_data", "text/html"],
    ["update_display_data", PLOTLY, "text/plain"],
    ["update_display_data", "text/html"],
    ["update_display_data", PLOTLY, "image/svg+xml", "text/plain"],
  ]);
  assert.equal(new Set(sent.map(({ id }) => id)).size, 1);
});
