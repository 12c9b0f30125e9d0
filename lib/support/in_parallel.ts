/**
 * Works on several values at a time and begins them in their order; after an error no further ones are begun, and
 * those begun are waited for.
 *
 * @throws An error of `work` or of `values`, or the signal's reason where it ended the work.
 */
export async function inParallel<T>(
  values: Iterable<T>,
  { workers, signal }: { workers: number; signal?: AbortSignal | undefined },
  work: (value: T) => Promise<void>,
): Promise<void> {
  // A generator, unlike an array's iterator, is ended for all workers when one leaves its loop by an error.
  const queue = (function* () {
    yield* values;
  })();
  const working = Array.from({ length: workers }, async () => {
    for (const value of queue) {
      signal?.throwIfAborted();
      await work(value);
    }
  });
  for (const outcome of await Promise.allSettled(working)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}
