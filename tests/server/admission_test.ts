import assert from "node:assert/strict";
import { admission } from "../../lib/server/admission.ts";
import type { Refusal } from "../../lib/server/refusal.ts";

function statusOf(work: () => unknown): number {
  try {
    work();
    return 200;
  } catch (error) {
    return (error as Refusal).status;
  }
}

Deno.test("one client too often is refused with 429, all together with 503, and who leaves makes room", () => {
  const admit = admission({ all: 3, each: 2 });
  const first = admit("a");
  admit("a");
  assert.equal(statusOf(() => admit("a")), 429);
  admit("b");
  assert.equal(statusOf(() => admit("c")), 503);
  first[Symbol.dispose]();
  assert.equal(statusOf(() => admit("a")), 200);
  assert.equal(statusOf(() => admit("b")), 503);
});
