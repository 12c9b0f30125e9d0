/**
 * For what may not be there: gives undefined where a file is missing, to be put behind `.catch`.
 *
 * @throws {unknown} The error itself, where it is another.
 */
export function ifMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
