/**
 * How often the intervals of 95 % hold: simulates test sets of known truth and counts. Writes
 * tests/fixtures/evaluation/coverage.json, which a test reads. Some twelve minutes of one core.
 *
 *     deno run -A tests/oracles/coverage.ts
 */
import { type Cell, coverageOf, DESIGNS } from "../evaluation/_coverage.ts";

const REPETITIONS = Number(Deno.env.get("REPETITIONS") ?? 2000);
const AREAS = [0.7, 0.8, 0.9, 0.95];
const POSITIVES = [3, 5, 8, 12, 30, 100];

const cells: (Cell & { figures: Record<string, [given: number, held: number]> })[] = [];
for (const design of DESIGNS) {
  for (const positives of POSITIVES) {
    for (const auc of AREAS) {
      const cell = { design, positives, auc };
      const coverage = coverageOf(cell, { repetitions: REPETITIONS, seed: 1 });
      const figures = Object.fromEntries(
        Object.entries(coverage).map(([name, { given, held }]) => [name, [given, held] as [number, number]]),
      );
      cells.push({ ...cell, figures });
    }
    console.error(design, positives);
  }
}
const rows = cells.map((cell) => " " + JSON.stringify(cell));
await Deno.writeTextFile(
  new URL("../fixtures/evaluation/coverage.json", import.meta.url),
  `{"repetitions": ${REPETITIONS}, "cells": [\n${rows.join(",\n")}\n]}\n`,
);
