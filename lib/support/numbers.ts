/** Whether a text is a finite decimal number, such as `0.5`, `-3` or `1.2e-7`. */
export function isNumber(text: string): boolean {
  return !Number.isNaN(decimalOf(text));
}

/** The finite decimal number that a text is; NaN where it is none. */
export function decimalOf(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || text === "") return NaN;
  // Beside decimal numbers, Number() reads those with blanks around them and "0x1f", "0o17" and "0b11".
  const last = text.charCodeAt(text.length - 1);
  if (text.charCodeAt(0) <= 0x20 || text.charCodeAt(0) > 0x39 || last <= 0x20 || last > 0x39) return NaN;
  const second = text.charCodeAt(1);
  return second > 0x39 && second !== 0x45 && second !== 0x65 ? NaN : value;
}

/**
 * The digits of a whole number without leading zeros, also where a table has it with decimals (`57.0`, as pandas writes
 * whole numbers of a column in which some are missing). Null where the text is none.
 */
export function wholeDigits(text: string): string | null {
  const [, digits] = /^(\d+)(?:\.0*)?$/.exec(text) ?? [];
  return digits === undefined ? null : digits.replace(/^0+(?=\d)/, "");
}
