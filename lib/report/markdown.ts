import { printable } from "../support/printable.ts";

/** What Markdown, or GitHub's, gives a meaning to wherever it stands in a line. */
const SPECIAL = /[\\`*_{}[\]<>#|&~!@]/g;

/** A text of the user's as Markdown that shows just this text, on one line: no markup, HTML, link or mention. */
export function escapeMarkdown(text: string): string {
  return printable(text).replace(SPECIAL, "\\$&").replaceAll("://", "\\://").replaceAll("www.", "www\\.");
}
