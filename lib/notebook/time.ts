/** What a piece of code took. */
export interface Timed<T> {
  /** What it returned, or what its promise was fulfilled with. */
  value: T;
  /** How long it took, in seconds. */
  seconds: number;
}

/**
 * Runs a piece of code, waits for it where it is asynchronous, and prints how long it took. Instead of `%time` and
 * `%%time`.
 *
 * @example
 * ```ts
 * const { value: entries } = await time(() => readMetadata(file));
 * ```
 */
export async function time<T>(code: () => T | Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const value = await code();
  const seconds = (performance.now() - start) / 1000;
  console.log(seconds >= 1 ? `${seconds.toFixed(2)} s` : `${(1000 * seconds).toFixed(1)} ms`);
  return { value, seconds };
}
