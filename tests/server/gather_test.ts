import assert from "node:assert/strict";
import { gather } from "../../lib/server/gather.ts";

Deno.test("what waits becomes one batch, the first does not wait for it, and each has its own result", async () => {
  const batches: number[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const double = gather(async (batch: readonly number[]) => {
    batches.push([...batch]);
    gates.push(Promise.withResolvers());
    await gates.at(-1)!.promise;
    return batch.map((each) => 2 * each);
  }, { most: 3 });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const results = [double(1)];
  await settle();
  for (const each of [2, 3, 4, 5]) results.push(double(each));
  await settle();
  assert.deepEqual(batches, [[1]]);
  gates[0]!.resolve();
  await settle();
  assert.deepEqual(batches, [[1], [2, 3, 4]]);
  gates[1]!.resolve();
  await settle();
  gates[2]!.resolve();
  assert.deepEqual(await Promise.all(results), [2, 4, 6, 8, 10]);
  assert.deepEqual(batches, [[1], [2, 3, 4], [5]]);
});

Deno.test("a batch that fails fails for each in it, and the next goes on", async () => {
  let fails = true;
  const work = gather((batch: readonly number[]) => {
    if (fails) return Promise.reject(new Error("no"));
    return Promise.resolve(batch);
  }, { most: 2 });
  const ends = await Promise.allSettled([work(1), work(2)]);
  assert.deepEqual(ends.map(({ status }) => status), ["rejected", "rejected"]);
  fails = false;
  assert.equal(await work(3), 3);
});
