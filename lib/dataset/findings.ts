/** The most findings that a data set may have. */
export const MOST_FINDINGS = 100;

/** Whether a value is a list of 1 to 100 different names of findings. */
export function areFindings(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.length <= MOST_FINDINGS &&
    value.every((name) => typeof name === "string" && name.trim() !== "") &&
    new Set(value).size === value.length;
}
