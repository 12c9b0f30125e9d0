import assert from "node:assert/strict";
import { fuzz } from "./fuzz.ts";

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
  assert.equal(readers.size, 21);
  assert.ok([...readers.values()].every((outcomes) => outcomes.size > 0));
  assert.ok([...readers.values()].some((outcomes) => outcomes.has("read") && outcomes.has("refused")));
});
