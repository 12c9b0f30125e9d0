import assert from "node:assert/strict";
import { type CheckedMap, summariseFaithfulness } from "../../lib/evaluation/faithfulness.ts";
import { simulate } from "../oracles/faithfulness_coverage.ts";
import { assertClose } from "./_close.ts";

const ABOUT = { layers: 4, networks: 2, steps: 10, removed: [0.5] };

function map(patient: string, deletion: number, spearman: (number | null)[]): CheckedMap {
  return {
    patient,
    deletion,
    insertion: 1 - deletion,
    road: deletion / 10,
    similarity: spearman.map((value) => ({ spearman: value, ssim: null })),
  };
}

Deno.test("means are over the maps that a method has, and gains over random maps of the same images", () => {
  const found = summariseFaithfulness([
    { method: "a", stages: [1, 4], checked: [map("1", 0.1, [1, null]), null, map("2", 0.3, [0.5, 0.2])] },
    { method: "none", stages: [], checked: [null, null, null] },
    { method: "random", stages: [], checked: [map("1", 0.4, []), map("1", 0.9, []), map("2", 0.8, [])] },
  ], ABOUT);
  assert.deepEqual([found.maps, found.patients, found.layers], [3, 2, 4]);
  assert.deepEqual(found.methods.map(({ method, maps }) => [method, maps]), [["a", 2], ["random", 3]]);
  const [own, random] = found.methods;
  assertClose([own!.scores.deletion.value, own!.scores.insertion.value, own!.scores.road.value], [
    0.2,
    0.8,
    0.02,
  ]);
  assertClose(random!.scores.deletion.value, 0.7);
  assertClose([own!.gains!.deletion.difference, own!.gains!.insertion.difference], [0.2 - 0.6, 0.8 - 0.4]);
  const [first, last] = own!.randomisation;
  assertClose([first!.spearman!.value, first!.spearman!.maps], [0.75, 2]);
  assertClose([last!.spearman!.value, last!.spearman!.maps, last!.layers], [0.2, 1, 4]);
  assert.equal(last!.ssim, null);
  assert.deepEqual([own!.gainsOverPrior, random!.gains], [null, null]);
  const withPrior = summariseFaithfulness([
    { method: "a", stages: [], checked: [map("1", 0.1, []), map("2", 0.3, [])] },
    { method: "random", stages: [], checked: [map("1", 0.4, []), map("2", 0.8, [])] },
    { method: "prior", stages: [], checked: [null, map("2", 0.7, [])] },
  ], ABOUT).methods;
  assertClose(
    withPrior.map(({ gains, gainsOverPrior }) => [
      gains?.deletion.difference ?? null,
      gainsOverPrior?.deletion.difference ?? null,
    ]),
    [[-0.4, -0.4], [null, 0.1], [-0.1, null]],
  );
  // Of two patients nothing tells how far a mean strays.
  assert.deepEqual([own!.scores.deletion.interval, own!.sanity, random!.sanity], [null, "unclear", null]);
});

Deno.test("intervals of maps' similarity hold, and the sanity check comes to the right verdict", () => {
  for (const shape of ["narrow", "wide", "two kinds"]) {
    const unlike = simulate({ maps: 12, mean: 0, shape }, 200);
    assert.ok(unlike.similarity >= 0.94 && unlike.gain >= 0.94, JSON.stringify(unlike));
    assert.ok(unlike.passed > 0.9 && unlike.failed === 0, JSON.stringify(unlike));
    const alike = simulate({ maps: 12, mean: 0.7, shape }, 200);
    assert.ok(alike.failed > 0.9 && alike.passed === 0, JSON.stringify(alike));
  }
});
