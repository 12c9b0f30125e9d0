import assert from "node:assert/strict";
import { join } from "node:path";
import { learningRateAt, type LearningRateOptions } from "../../lib/training/learning_rate.ts";

/** What tests/oracles/learning_rate.py stored. */
const { cosine, oneCycle }: Record<string, { steps: number; rates: number[] }[]> = JSON.parse(
  Deno.readTextFileSync(join(import.meta.dirname!, "../fixtures/training/learning_rate.json")),
);

function rates(options: LearningRateOptions): number[] {
  return Array.from({ length: options.steps }, (_, step) => learningRateAt(step, options));
}

function assertClose(found: readonly number[], expected: readonly number[], relative: number): void {
  assert.equal(found.length, expected.length);
  found.forEach((rate, step) => {
    const difference = Math.abs(rate - expected[step]!);
    assert(difference <= relative * 2e-3, `step ${step}: ${rate} instead of ${expected[step]}`);
  });
}

Deno.test("a cosine falls as Keras' CosineDecay does", () => {
  for (const { steps, rates: expected } of cosine!) {
    assertClose(rates({ learningRate: 2e-3, schedule: "cosine", steps, warmupSteps: 0 }), expected, 1e-6);
  }
});

Deno.test("one cycle rises and falls as PyTorch's OneCycleLR does, however few steps there are", () => {
  for (const { steps, rates: expected } of oneCycle!) {
    assertClose(rates({ learningRate: 2e-3, schedule: "oneCycle", steps, warmupSteps: 0 }), expected, 1e-12);
  }
});

Deno.test("the rate rises in equal steps to its value first, and the cosine takes the steps that are left", () => {
  const options = { learningRate: 2e-3, steps: 14, warmupSteps: 4 };
  const constant = rates({ ...options, schedule: "constant" });
  assertClose(constant, [5e-4, 1e-3, 1.5e-3, ...new Array(11).fill(2e-3)], 1e-12);
  const { rates: ten } = cosine!.find(({ steps }) => steps === 10)!;
  assertClose(rates({ ...options, schedule: "cosine" }).slice(4), ten, 1e-6);
});
