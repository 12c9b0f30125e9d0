import { deepEqual, throws } from "node:assert/strict";
import { changesWith, checkChanges, withWorkers } from "../../lib/training/fewer_workers.ts";

Deno.test("fewer workers have the largest batch that they can divide, of at most the first one", () => {
  const of = (batchSize: number, workers: number, first?: number) =>
    withWorkers({ workers: 4, batchSize }, { workers, batchSize: first }).batchSize;
  deepEqual([of(32, 3), of(30, 2, 32), of(32, 1), of(2, 3), of(31, 31)], [30, 32, 32, 3, 31]);
});

Deno.test("a run remembers with how many workers it began, and after which epoch it had others", () => {
  const [four, three, two] = [4, 3, 2].map((workers) => ({ workers, batchSize: 12 }));
  const first = changesWith(three!, { before: four!, epoch: 2 });
  deepEqual(first, [{ afterEpoch: 0, ...four }, { afterEpoch: 2, ...three }]);
  deepEqual(changesWith(two!, { before: three!, changes: first, epoch: 5 }), [
    ...first,
    { afterEpoch: 5, ...two },
  ]);
  // Three of them completed no epoch.
  deepEqual(changesWith(two!, { before: three!, changes: first, epoch: 2 }), [
    first[0],
    { afterEpoch: 2, ...two },
  ]);
  deepEqual(checkChanges(first, "config.json"), first);
  throws(() => checkChanges([{ afterEpoch: -1 }], "config.json"), {
    name: "InputError",
    message: "config.json: workers: damaged",
  });
});
