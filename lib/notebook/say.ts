import { display, type Shown } from "./show.ts";

/**
 * Shows lines of Markdown as prose: what a notebook says of its own numbers, made from them, so that it stays true when
 * they change.
 *
 * @example
 * ```ts ignore
 * say(`${counted(normal, "image")}, ${percent(normal / entries.length, 0)}, have no finding.`);
 * ```
 */
export function say(...lines: string[]): Shown {
  const markdown = lines.join("\n");
  return { [display]: () => ({ "text/markdown": markdown, "text/plain": markdown }) };
}
