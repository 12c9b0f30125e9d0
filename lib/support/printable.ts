import { counted } from "./decimals.ts";
/** How many characters of a text from a file a message shows. */
const LONGEST_QUOTED = 200;

/** How many characters a message has; more only where a text of the user's went into it uncut. */
const LONGEST_LINE = 4000;

/** Characters that do something to a terminal or hide: controls, marks of direction, what joins or separates, half pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The usual short forms of some of them. */
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A text with its control characters as escapes (`\n`, `\x1b`, `\u202e`), so that a terminal shows it on one line and
 * obeys nothing in it. What has been escaped stays as it is.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escape);
}

/**
 * A text from a file as a message shows it: in quotes, printable, and cut after 200 characters.
 *
 * @example
 * ```ts
 * import { quote } from "./printable.ts";
 * quote("Mass\u001b[2J"); // "Mass\x1b[2J", in quotes
 * ```
 */
export function quote(text: string): string {
  return `"${shorten(text, LONGEST_QUOTED)}"`;
}

/** The same without quotes, for a name within a sentence. */
export function brief(text: string): string {
  return shorten(text, LONGEST_QUOTED);
}

/** A value from a JSON file as a message shows it: as JSON, printable, and cut after 200 characters. */
export function quoteJson(value: unknown): string {
  if (typeof value === "number") return String(value); // JSON has no Infinity.
  return shorten(JSON.stringify(value) ?? "undefined", LONGEST_QUOTED);
}

/** A message as one printable line, with line breaks as escapes too: a file's name may have some. */
export function oneLine(message: string): string {
  if (message.length > LONGEST_LINE) return shorten(message, LONGEST_LINE);
  return printable(message.trim());
}

/** A printable text of so many characters at most, and how many there were where it was longer. */
function shorten(text: string, longest: number): string {
  if (text.length <= longest) return printable(text);
  return `${printable(text.slice(0, longest))}... (${counted(text.length)} characters)`;
}

function escape(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  return SHORT[character] ??
    (code < 0x100
      ? `\\x${hex.padStart(2, "0")}`
      : code < 0x10000
      ? `\\u${hex.padStart(4, "0")}`
      : `\\u{${hex}}`);
}
