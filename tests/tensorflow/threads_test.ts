import assert from "node:assert/strict";

/** What a worker with a seed answers. */
function train(seed: number): Promise<number[]> {
  const worker = new Worker(import.meta.resolve("./_training_worker.ts"), { type: "module" });
  return new Promise<number[]>((resolve, reject) => {
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.onmessage = ({ data }) => data === "ready" ? worker.postMessage(seed) : resolve(data);
  }).finally(() => worker.terminate());
}

Deno.test("Two workers of a process that use TensorFlow at once have what each has alone", async () => {
  const both = await Promise.all([train(1), train(5)]);
  const alone = [await train(1), await train(5)];
  assert.deepEqual(both, alone);
  assert.notDeepEqual(both[0], both[1]);
  for (const answer of both) assert.equal(answer.filter(Number.isFinite).length, 33);
});
