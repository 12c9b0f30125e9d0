import { equal, ok } from "node:assert/strict";
import { scoringMemory, trainingMemory } from "../../lib/model/memory.ts";
import { networkNamed } from "../../lib/model/networks.ts";

/** Peaks of the resident memory (VmHWM) after three training steps, in MB, as measured on two cores without a GPU. */
const MEASURED: [
  network: string,
  imageSize: number,
  batchSize: number,
  precision: "float32" | "bfloat16",
  peak: number,
][] = [
  ["resnet56v2", 64, 32, "float32", 1940],
  ["resnet20v2", 64, 32, "float32", 1012],
  ["resnet20v2", 64, 64, "float32", 1550],
  ["resnet20v2", 64, 32, "bfloat16", 764],
  ["densenet121", 64, 8, "float32", 1060],
  ["densenet121", 64, 32, "float32", 1334],
  ["efficientnet-lite0", 96, 16, "float32", 904],
  ["efficientnet-lite0", 160, 32, "float32", 1733],
  ["resnet50v2", 64, 16, "float32", 1584],
];

Deno.test("the memory of a training is what was measured within a quarter, and never less than the least", () => {
  for (const [name, imageSize, batchSize, precision, peak] of MEASURED) {
    const network = networkNamed(name, { imageSize, outputs: 14 });
    const { least, about } = trainingMemory(network, { batchSize, precision });
    ok(
      Math.abs(about / 1e6 - peak) < 0.25 * peak,
      `${name} ${imageSize} ${batchSize}: ${about / 1e6}, not ${peak}`,
    );
    ok(least / 1e6 < peak);
  }
});

Deno.test("memory grows with the batch and with the square of the image size; scoring keeps one layer", () => {
  const of = (imageSize: number, batchSize: number) => {
    const network = networkNamed("resnet20v2", { imageSize, outputs: 14, pooling: "global" });
    const options = { batchSize, precision: "float32" } as const;
    return {
      training: trainingMemory(network, options).least,
      scoring: scoringMemory(network, options).least,
    };
  };
  const [small, batch, large] = [of(64, 1), of(64, 8), of(128, 1)];
  equal(batch.training, 8 * small.training);
  equal(batch.scoring, 8 * small.scoring);
  ok(Math.abs(large.training / small.training - 4) < 0.01);
  // The widest layer of resnet20v2: 64 feature maps in, 128 of half the size out, in float32.
  equal(small.scoring, (64 * 64 * 64 + 32 * 32 * 128) * 4);
});
