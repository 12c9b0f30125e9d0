import assert from "node:assert/strict";
import { admission } from "../../lib/server/admission.ts";
import { answer } from "../../lib/server/answer.ts";
import type { Judge } from "../../lib/server/open_judge.ts";
import { Refusal } from "../../lib/server/refusal.ts";

Deno.test("an answer that is slow is given up with 503, and its place is taken until its work has ended", async () => {
  const slow = Promise.withResolvers<never>();
  const judge: Judge = {
    findingOf: () => null,
    row: () => slow.promise,
    heatMap: () => slow.promise,
    [Symbol.dispose]() {},
  };
  const admit = admission({ all: 1, each: 1 });
  const asked = {
    judge,
    admit,
    limits: { size: 10, time: 5 },
    head: { run: "run", runWarnings: [] },
    client: "a",
    wantsPicture: false,
    finding: null,
  };
  const refused = (status: number) => (error: unknown) => error instanceof Refusal && error.status === status;
  const request = () => new Request("http://127.0.0.1/predict", { method: "POST", body: "image" });
  await assert.rejects(answer(request(), asked), refused(503));
  assert.throws(() => admit("a"), refused(429));
  slow.reject(new Error("ended"));
  await new Promise((resolve) => setTimeout(resolve));
  admit("a")[Symbol.dispose]();
});
