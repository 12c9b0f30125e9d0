import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { freePorts } from "../../lib/tasks/_local_workers.ts";
import type { StoredTensor } from "../../lib/weight_files/stored_tensor.ts";
import { temporaryFolder } from "../_folders.ts";
import { KERAS, near } from "../model/_keras_resnet.ts";
import type { WorkerFound } from "./_worker.ts";

// Made by tests/oracles/workers.py.
const NUMPY: { mean: number[]; normalization: Record<string, number[]> } = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../fixtures/training/workers.json")),
);

/** Two processes take the same steps together; gives what each found. */
async function twoWorkers(): Promise<[WorkerFound, WorkerFound]> {
  await using folder = await temporaryFolder();
  const addresses = (await freePorts(2)).map((port) => `127.0.0.1:${port}`).join();
  const program = join(import.meta.dirname!, "_worker.ts");
  const endings = await Promise.all(["0", "1"].map((index) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", program, index, addresses, folder.path],
      env: { TENSORFLOW_THREADS: "1" },
      stderr: "piped",
    }).output()
  ));
  for (const { code, stderr } of endings.toReversed()) equal(code, 0, new TextDecoder().decode(stderr));
  const read = async (index: number): Promise<WorkerFound> =>
    JSON.parse(await Deno.readTextFile(join(folder.path, `${index}.json`)));
  return [await read(0), await read(1)];
}

/** The largest difference between numbers, as a fraction of the largest of them. */
function distance(actual: readonly number[], expected: readonly number[]): number {
  equal(actual.length, expected.length);
  const most = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / most;
}

const stored = (values: Record<string, number[]>) =>
  Object.entries(values).map(([name, data]): [string, StoredTensor] => [
    name,
    { dtype: "F32", shape: [data.length], data: Float32Array.from(data) },
  ]);

Deno.test("what two workers compute together", async (t) => {
  const found = await twoWorkers();
  const [first, second] = found;

  await t.step("sums of bfloat16 are rounded as NumPy rounds them", () => {
    deepEqual(first.mean, NUMPY.mean);
    deepEqual(second.mean, NUMPY.mean);
  });

  await t.step(
    "batch normalisation over both workers' images is NumPy's of the whole batch, far from zero too",
    () => {
      const { y, mean, variance, dx, dGamma, dBeta } = NUMPY.normalization;
      const both = (name: string) => found.flatMap(({ normalization }) => normalization[name]!);
      // Float32 has 1000 to 6e-5, a thousandth of the standard deviation there.
      ok(distance(both("y"), y!) < 1e-4);
      ok(distance(both("dx"), dx!) < 3e-4);
      for (const { normalization } of found) {
        ok(distance(normalization["mean"]!, mean!) < 1e-6);
        ok(distance(normalization["variance"]!, variance!) < 1e-4);
      }
      const sum = (name: string) =>
        first.normalization[name]!.map((value, i) => value + second.normalization[name]![i]!);
      ok(distance(sum("dGamma"), dGamma!) < 1e-4);
      ok(distance(sum("dBeta"), dBeta!) < 1e-5);
    },
  );

  await t.step("a step with it is Keras' over the whole batch, and without it is not", () => {
    const { gradient, moving, result } = first.steps.synchronized;
    deepEqual(second.steps.synchronized, first.steps.synchronized);
    near(stored(gradient), KERAS.small.gradients, 1e-4);
    near(stored(moving), KERAS.small.moving, 2e-6);
    ok(Math.abs(result[0]! / KERAS.small.loss - 1) < 1e-4);
    const off = Object.entries(gradient).map(([name, values]) =>
      name.endsWith("/kernel") ? distance(first.steps.plain.gradient[name]!, values) : 0
    );
    ok(Math.max(...off) > 0.01, "statistics of each worker's own images are others");
  });

  await t.step("gradients in bfloat16 round neither running statistics nor loss nor the wish to stop", () => {
    const { plain, bfloat16 } = first.steps;
    deepEqual(second.steps.bfloat16, bfloat16);
    deepEqual(bfloat16.moving, plain.moving);
    deepEqual(bfloat16.result, plain.result);
    equal(plain.result[1], 0.5);
    notDeepEqual(bfloat16.gradient, plain.gradient);
    for (const [name, values] of Object.entries(plain.gradient)) {
      const rounded = bfloat16.gradient[name]!;
      deepEqual(rounded, [...Float32Array.from(rounded)].map(asBfloat16), name);
      if (values.some((value) => value !== 0)) ok(distance(rounded, values) < 2 ** -6, name);
    }
  });
});

/** The value without what bfloat16 has no bits for. */
function asBfloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0]! &= 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}
