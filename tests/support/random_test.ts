import assert from "node:assert/strict";
import { random } from "../../lib/support/random.ts";

/** What tests/oracles/random_streams.py stored. */
const streams: {
  keys: (number | string)[];
  uniform: number[];
  integers: number[];
  normal: number[];
  shuffled: number[];
}[] = JSON.parse(Deno.readTextFileSync(new URL("../fixtures/support/random.json", import.meta.url)));

Deno.test("streams are those that an independent implementation of xoroshiro128+ gives, by their keys", () => {
  for (const { keys, uniform, integers, normal, shuffled } of streams) {
    const drawn = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw);
    const [first, second, third] = [random(...keys), random(...keys), random(...keys)];
    assert.deepEqual(drawn(uniform.length, () => first.uniform()), uniform);
    assert.deepEqual(drawn(integers.length, () => second.integer(1000)), integers);
    // Sines and logarithms may differ in their last bit between C's library and this engine.
    drawn(normal.length, () => third.normal()).forEach((value, i) => {
      assert.ok(
        Math.abs(value - normal[i]!) <= 4 * Number.EPSILON * Math.max(1, Math.abs(value)),
        `${keys} ${i}`,
      );
    });
    assert.deepEqual(random(...keys).shuffle(shuffled.map((_, i) => i)), shuffled);
  }
});

Deno.test("the same keys open the same stream, others another, also where their texts run together", () => {
  const begin = (...keys: (number | string)[]) => random(...keys).uniform();
  assert.equal(begin(1, "a"), begin(1, "a"));
  assert.equal(new Set([begin(1, 1), begin(11), begin("1", 1), begin(1, "1"), begin(1, "1", "")]).size, 5);
});

Deno.test("a shuffle keeps every value, in typed arrays too", () => {
  const ordered = Int32Array.from({ length: 1000 }, (_, i) => i);
  const values = random("shuffle").shuffle(ordered.slice());
  assert.notDeepEqual(values, ordered);
  assert.deepEqual(values.sort(), ordered);
});

Deno.test("numbers have the distributions that they are said to have", () => {
  const stream = random("distribution");
  const draws = 100_000;
  const uniform = Array.from({ length: draws }, () => stream.uniform());
  const normal = Array.from({ length: draws }, () => stream.normal());
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / draws;
  // Five standard errors.
  assert.ok(Math.abs(mean(uniform) - 0.5) < 5 * Math.sqrt(1 / 12 / draws));
  assert.ok(Math.abs(mean(normal)) < 5 * Math.sqrt(1 / draws));
  assert.ok(Math.abs(mean(normal.map((value) => value ** 2)) - 1) < 5 * Math.sqrt(2 / draws));
  assert.ok(Math.abs(mean(normal.map((value) => value ** 4)) - 3) < 5 * Math.sqrt(96 / draws));
  assert.ok(uniform.every((value) => value >= 0 && value < 1));
});
