import type { SvgElement } from "./_svg_box.ts";

/** Attributes that a picture does not need: hooks for plotly.js' own code, and the font, which stands at the top. */
const NEEDLESS =
  /^(class|style|data-.*|pointer-events|font-family|white-space|vector-effect|stroke-miterlimit)$/;

/** Values that an attribute has anyway. */
const DEFAULTS: { readonly [attribute: string]: string } = {
  "opacity": "1",
  "fill-opacity": "1",
  "stroke-opacity": "1",
  "text-anchor": "start",
};

/**
 * Makes an SVG of plotly.js a fraction as long: styles become attributes, and what is empty, unused, invisible or
 * the default is left out; lengths have one decimal. The text of the element that is given changes.
 */
export function compactSvg(svg: SvgElement): void {
  // A reader's font may be wider than the one that legends were measured in; nothing of a name is to be cut off.
  for (const legend of svg.querySelectorAll("g.scrollbox")) legend.removeAttribute("clip-path");
  for (const element of [svg, ...svg.querySelectorAll("*")]) shortenAttributes(element);
  for (const element of svg.querySelectorAll("rect, path, circle")) {
    if (element.parentElement?.tagName !== "clipPath" && isInvisible(element)) element.remove();
  }
  const used = [...svg.querySelectorAll("[clip-path]")].map((element) => element.getAttribute("clip-path"));
  for (const clip of svg.querySelectorAll("clipPath")) {
    if (!used.includes(`url(#${clip.getAttribute("id")})`)) clip.remove();
  }
  for (const group of [...svg.querySelectorAll("g, defs")].reverse()) {
    if (group.children.length === 0) group.remove();
    else if (group.attributes.length === 0) group.replaceWith(...group.children);
  }
}

function shortenAttributes(element: SvgElement): void {
  const styles = [...(element.getAttribute("style") ?? "").matchAll(/([\w-]+):\s*([^;]+)/g)];
  for (const [, name, value] of styles) element.setAttribute(name!, value!.replaceAll(/['"]/g, ""));
  for (const { name, value } of [...element.attributes]) {
    if (NEEDLESS.test(name) || DEFAULTS[name] === value) element.removeAttribute(name);
    else element.setAttribute(name, shortened(name, value));
  }
}

function shortened(name: string, value: string): string {
  if (/^(x|y|d|dy|width|height|transform|x[12]|y[12])$/.test(name)) {
    return value.replace(/-?\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(1))));
  }
  return value.replace(/^(-?[\d.]+)px$/, "$1").replace(
    /^rgba?\((\d+), ?(\d+), ?(\d+)(, ?1)?\)$/,
    hexadecimal,
  );
}

function hexadecimal(_: string, ...channels: string[]): string {
  return "#" + channels.slice(0, 3).map((channel) => Number(channel).toString(16).padStart(2, "0")).join("");
}

/** Whether a shape draws nothing: it has a fill that is not seen, and no line. */
function isInvisible(shape: SvgElement): boolean {
  const is = (name: string, ...values: (string | null)[]) => values.includes(shape.getAttribute(name));
  const filled = !is("fill", "none") && !is("fill-opacity", "0");
  const lined = !is("stroke", null, "none") && !is("stroke-opacity", "0") && !is("stroke-width", "0");
  return (!filled && !lined) || is("d", null) && shape.tagName === "path";
}
