/** One piece of work, done together with what else is waiting. */
export type Gathered<In, Out> = (each: In) => Promise<Out>;

/**
 * Gathers what waits: while one batch is worked on, what is asked for meanwhile becomes the next. Nothing waits for company,
 * so that a single request is not delayed.
 *
 * @param work Does a batch, at most `most` at a time and never two batches at once, and gives a result for each in order.
 */
export function gather<In, Out>(
  work: (batch: readonly In[]) => Promise<readonly Out[]>,
  { most }: { most: number },
): Gathered<In, Out> {
  interface Waiting {
    each: In;
    resolve(result: Out): void;
    reject(error: unknown): void;
  }
  const waiting: Waiting[] = [];
  let isWorking = false;

  async function go(): Promise<void> {
    isWorking = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      try {
        const results = await work(batch.map(({ each }) => each));
        batch.forEach(({ resolve }, i) => resolve(results[i]!));
      } catch (error) {
        batch.forEach(({ reject }) => reject(error));
      }
    }
    isWorking = false;
  }

  return (each) =>
    new Promise((resolve, reject) => {
      waiting.push({ each, resolve, reject });
      // What arrives in the same turn of the event loop belongs together.
      if (!isWorking) {
        isWorking = true;
        queueMicrotask(go);
      }
    });
}
