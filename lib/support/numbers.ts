/** Whether a text is a finite decimal number, such as `0.5`, `-3` or `1.2e-7`. */
export function isNumber(text: string): boolean {
  return !Number.isNaN(decimalOf(text));
}

/** The finite decimal number that a text is; NaN where it is none. */
export function decimalOf(text: string): number {
  if (text === "") return NaN;
  for (let i = 0; i < text.length; i++) {
    // Of what Number() reads, all but decimal numbers has other characters: "0x1f", "Infinity", " 1".
    const code = text.charCodeAt(i);
    const isIn = code >= 0x30 && code <= 0x39 || code === 0x2e || code === 0x2b || code === 0x2d ||
      code === 0x45 || code === 0x65;
    if (!isIn) return NaN;
  }
  const value = Number(text);
  return Number.isFinite(value) ? value : NaN;
}

/**
 * The digits of a whole number without leading zeros, also where a table has it with decimals (`57.0`, as pandas writes
 * whole numbers of a column in which some are missing). Null where the text is none.
 */
export function wholeDigits(text: string): string | null {
  const [, digits] = /^(\d+)(?:\.0*)?$/.exec(text) ?? [];
  return digits === undefined ? null : digits.replace(/^0+(?=\d)/, "");
}
