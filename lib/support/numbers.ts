/** Whether a text is a finite decimal number, such as `0.5`, `-3` or `1.2e-7`. */
export function isNumber(text: string): boolean {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
}

/**
 * The digits of a whole number without leading zeros, also where a table has it with decimals (`57.0`, as pandas writes
 * whole numbers of a column in which some are missing). Null where the text is none.
 */
export function wholeDigits(text: string): string | null {
  const [, digits] = /^(\d+)(?:\.0*)?$/.exec(text) ?? [];
  return digits === undefined ? null : digits.replace(/^0+(?=\d)/, "");
}
