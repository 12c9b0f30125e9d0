import assert from "node:assert/strict";
import type { Outcome } from "./child.ts";
import { faultOf, fuzz } from "./fuzz.ts";

// `deno task fuzz` tries as many as are wanted, with any seed.
Deno.test("300 damaged files are read or refused with one clear line, in little time and memory", async () => {
  const readers = new Map<string, Set<string>>();
  const failures = await fuzz({
    seed: 1,
    cases: 300,
    onCase(_, { reader, outcome }) {
      readers.set(reader, (readers.get(reader) ?? new Set()).add(outcome));
    },
  });
  assert.deepEqual(failures, []);
  assert.equal(readers.size, 38);
  assert.ok([...readers.values()].every((outcomes) => outcomes.size > 0));
  assert.ok([...readers.values()].some((outcomes) => outcomes.has("read") && outcomes.has("refused")));
});

Deno.test("a stack trace, an unclear line, and too much time or memory are faults", () => {
  const refused: Outcome = {
    reader: "PNG",
    seed: "a.png",
    outcome: "refused",
    message: "/tmp/a.png: damaged",
    size: 1000,
    memory: 200_002_000,
    seconds: 10,
  };
  assert.equal(faultOf(refused), null);
  const faults: [Partial<Outcome>, RegExp][] = [
    [{ outcome: "defect", message: "TypeError: x\n at y" }, /^PNG, a.png: TypeError/],
    [{ message: "damaged" }, /no clear line/],
    [{ message: "/tmp/a.png: \u001b[2J" }, /no clear line/],
    [{ message: `/${"a".repeat(5000)}` }, /no clear line/],
    [{ memory: 200_002_001 }, /200002001 bytes of memory for a file of 1000$/],
    [{ seconds: 10.1 }, /10.1 s of the processor$/],
  ];
  for (const [change, message] of faults) assert.match(faultOf({ ...refused, ...change }) ?? "", message);
});
