import type { Refusal } from "./refusal.ts";

/**
 * Waits for work, but no longer than `milliseconds`; the work itself goes on.
 *
 * @param late What the client is told where it takes longer.
 */
export async function within<T>(milliseconds: number, work: Promise<T>, late: () => Refusal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
