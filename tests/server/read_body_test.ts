import assert from "node:assert/strict";
import { readBody } from "../../lib/server/read_body.ts";
import type { Refusal } from "../../lib/server/refusal.ts";

/** A request whose body comes from a stream, so that its length is not said. */
function streamed(source: UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>): Request {
  return new Request("http://127.0.0.1/", { method: "POST", body: new ReadableStream(source) });
}

async function statusOf(work: Promise<unknown>): Promise<number> {
  return await work.then(() => 200, (error) => (error as Refusal).status);
}

Deno.test("a body is read whole, and refused where it is too large, too slow or cut short", async () => {
  const limits = { size: 4, time: 60_000 };
  const pieces = (...lengths: number[]) =>
    streamed({
      start(controller) {
        lengths.forEach((length, i) => controller.enqueue(new Uint8Array(length).fill(i + 1)));
        controller.close();
      },
    });
  assert.deepEqual([...await readBody(pieces(1, 3), limits)], [1, 2, 2, 2]);
  assert.equal(await statusOf(readBody(pieces(1, 4), limits)), 413);
  const told = new Request("http://127.0.0.1/", {
    method: "POST",
    headers: { "content-length": "5" },
    body: "12345",
  });
  assert.equal(await statusOf(readBody(told, limits)), 413);
  const cut = streamed({ start: (controller) => controller.error(new Error("gone")) });
  assert.equal(await statusOf(readBody(cut, limits)), 400);
});

Deno.test("a body that comes too slowly is refused with 408, and what sends it is told to stop", async () => {
  const stopped = Promise.withResolvers<void>();
  const silent = streamed({ cancel: () => stopped.resolve() });
  assert.equal(await statusOf(readBody(silent, { size: 4, time: 5 })), 408);
  await stopped.promise;
});
