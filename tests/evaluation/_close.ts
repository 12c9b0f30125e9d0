import assert from "node:assert/strict";

/**
 * Asserts that numbers, also within arrays and objects, agree within `tolerance` (1e-12), relative to numbers
 * above 1; everything else has to be equal.
 */
export function assertClose(actual: unknown, expected: unknown, tolerance = 1e-12, place = "value"): void {
  if (typeof expected === "number" && typeof actual === "number") {
    const difference = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
    assert.ok(actual === expected || difference <= tolerance, `${place} is ${actual}, not ${expected}`);
  } else if (isNested(expected) && isNested(actual)) {
    const left = Object.keys(actual).sort();
    assert.deepEqual(left, Object.keys(expected).sort(), `${place} has other keys`);
    for (const key of left) assertClose(actual[key], expected[key], tolerance, `${place}.${key}`);
  } else {
    assert.deepEqual(actual, expected, place);
  }
}

/** Reads a stored reference value of `tests/fixtures/evaluation`. */
export async function readFixture<T>(name: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(`../fixtures/evaluation/${name}`, import.meta.url)));
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
