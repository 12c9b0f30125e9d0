/// <reference lib="dom" />

/** What an element is made with: properties, listeners (`onclick`), and attributes with a hyphen (`aria-label`). */
export type Attributes = Readonly<Record<string, unknown>>;

/** Makes an element. Styles are left to classes: the page's policy refuses style attributes. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (name === "role" || name === "for" || name.includes("-")) made.setAttribute(name, String(value));
    else (made as unknown as Record<string, unknown>)[name] = value;
  }
  made.append(...children);
  return made;
}

/** Makes an element of SVG. */
export function svgElement(
  tag: string,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Makes a button that says what it does. */
export function button(text: string, onclick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return element("button", { type: "button", onclick, ...attributes }, text);
}

/** Gives the browser the time to draw and to answer. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
