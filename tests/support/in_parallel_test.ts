import assert from "node:assert/strict";
import { inParallel } from "../../lib/support/in_parallel.ts";

/** Work that goes on until it is told to end, with what began and how much of it went on at once. */
function work() {
  const begun: number[] = [];
  const ends = new Map<number, PromiseWithResolvers<void>>();
  let most = 0;
  async function begin(value: number): Promise<void> {
    begun.push(value);
    const end = Promise.withResolvers<void>();
    ends.set(value, end);
    most = Math.max(most, ends.size);
    try {
      await end.promise;
    } finally {
      ends.delete(value);
    }
  }
  return { begun, ends, begin, most: () => most };
}

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  await new Promise((next) => setTimeout(next, 0));
}

Deno.test("so many values are worked on at a time as there are workers, begun in their order", async () => {
  const { begun, ends, begin, most } = work();
  const all = inParallel([0, 1, 2, 3, 4], { workers: 2 }, begin);
  await settle();
  assert.deepEqual(begun, [0, 1]);
  ends.get(1)!.resolve();
  await settle();
  assert.deepEqual(begun, [0, 1, 2]);
  ends.get(2)!.resolve();
  await settle();
  ends.get(0)!.resolve();
  await settle();
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  for (const end of ends.values()) end.resolve();
  await all;
  assert.equal(most(), 2);
});

Deno.test("after an error nothing further is begun, what has begun is waited for, and the error is thrown", async () => {
  const { begun, ends, begin } = work();
  let ended = false;
  const all = inParallel([0, 1, 2, 3], { workers: 2 }, begin).finally(() => ended = true);
  all.catch(() => {});
  await settle();
  ends.get(0)!.reject(new Error("the first"));
  await settle();
  assert.deepEqual([begun, ended], [[0, 1], false]);
  ends.get(1)!.resolve();
  await assert.rejects(all, { message: "the first" });
  assert.deepEqual(begun, [0, 1]);
});

Deno.test("a signal ends it with its reason before the next value", async () => {
  const { begun, ends, begin } = work();
  const controller = new AbortController();
  const all = inParallel([0, 1, 2], { workers: 1, signal: controller.signal }, begin);
  await settle();
  controller.abort(new Error("enough"));
  ends.get(0)!.resolve();
  await assert.rejects(all, { message: "enough" });
  assert.deepEqual(begun, [0]);
});

Deno.test("values are taken only as they are needed, and an error of theirs is thrown", async () => {
  const taken: number[] = [];
  function* values() {
    for (let i = 0; i < 3; i++) {
      taken.push(i);
      yield i;
    }
    throw new Error("no more");
  }
  const { ends, begin } = work();
  const all = inParallel(values(), { workers: 1 }, begin);
  all.catch(() => {});
  for (const value of [0, 1, 2]) {
    await settle();
    assert.deepEqual(taken, [0, 1, 2].slice(0, value + 1));
    ends.get(value)!.resolve();
  }
  await assert.rejects(all, { message: "no more" });
});

Deno.test("no values are no work", async () => {
  await inParallel([], { workers: 3 }, () => Promise.reject(new Error("none")));
});
