/** The look of a page: one column, light or dark as the reader's system is, black on white on paper. */
export const STYLE = `
:root {
  --ground: #fff; --ink: #1f2328; --soft: #59636e; --line: #d8dee4; --panel: #f6f8fa; --accent: #0067a3; --warn: #fff6e5; --warn-line: #E69F00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111418; --ink: #e3e6ea; --soft: #9aa4ae; --line: #2d343c; --panel: #1a1f25; --accent: #6db9e8; --warn: #2b2413; --warn-line: #E69F00;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body {
  margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 16px/1.55 "Open Sans", "Segoe UI", system-ui, Helvetica, Arial, sans-serif;
}
h1, h2, h3, p, dd { overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 0 0 .3rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 0; }
a { color: var(--accent); }
p { margin: .6rem 0; max-width: 46rem; }
.lead { font-size: 1.1rem; color: var(--soft); }
.how { color: var(--soft); margin-bottom: 1rem; }
.caption, summary { font-weight: 600; margin: 1.2rem 0 .3rem; }
summary { cursor: pointer; }
.warning { background: var(--warn); border-left: 4px solid var(--warn-line); padding: .6rem .9rem; border-radius: 0 6px 6px 0; }
.highlights { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0; }
.highlights div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; }
.highlights dt { color: var(--soft); font-size: .85rem; }
.highlights dd { margin: 0; font-size: 1.6rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.highlights small { display: block; font-size: .8rem; font-weight: 400; color: var(--soft); }
nav { border: 1px solid var(--line); border-radius: 8px; padding: .6rem 1rem; margin: 1.5rem 0; }
nav ol { margin: 0; padding-left: 1.4rem; columns: 2; column-gap: 2rem; }
nav li { break-inside: avoid; }
section { border-top: 1px solid var(--line); margin-top: 2.2rem; padding-top: 1.4rem; }
.scroll { overflow-x: auto; margin: .4rem 0 .8rem; }
.figure { min-width: 18rem; }
.figure.wide { min-width: 46rem; }
.figure text { fill: var(--soft); }
.figure .legendtext, .figure [class$="tick"] text, .figure [class^="x"][class$="title"],
.figure [class^="y"][class$="title"],
.figure .annotation-text, .figure .cbaxis text { fill: var(--soft) !important; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .32rem .7rem .32rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th, td { text-align: left; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; }
.number { text-align: right; white-space: nowrap; }
tbody tr:hover { background: var(--panel); }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1rem; margin: 1rem 0; }
.pictures figure { margin: 0; }
.pictures img { width: 100%; display: block; border-radius: 4px; background: #000; }
figcaption { font-size: .85rem; line-height: 1.4; color: var(--soft); margin-top: .35rem; white-space: pre-line; overflow-wrap: anywhere; }
footer { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem; color: var(--soft); font-size: .88rem; }
@media (max-width: 40rem) {
  body { padding: 1.2rem .9rem 3rem; }
  nav ol { columns: 1; }
  h1 { font-size: 1.5rem; }
  .highlights dd { font-size: 1.25rem; }
}
@media print {
  :root { --ground: #fff; --ink: #000; --soft: #444; --line: #ccc; --panel: #fff; --warn: #fff; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  nav, .modebar-container { display: none !important; }
  section { break-before: auto; }
  .scroll { overflow: visible; }
  .figure.wide { min-width: 0; }
  .figure, .pictures figure, tr { break-inside: avoid; }
  h2, h3, .how { break-after: avoid; }
}
`;
