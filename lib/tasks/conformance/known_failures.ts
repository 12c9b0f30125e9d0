import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { SpecResult } from "./run_specs.ts";

/** The causes of failures that are known, by the spec's name. */
export type KnownFailures = Readonly<Record<string, string>>;

const LISTS = z.strictObject({
  /** Specs that fail whether operations are run at once or traced. */
  both: z.record(z.string(), z.string().min(1)),
  /** Specs that fail only where operations are traced. */
  traced: z.record(z.string(), z.string().min(1)),
});

/** Reads the stored lists of known failures. */
export async function readKnownFailures(file: string): Promise<z.infer<typeof LISTS>> {
  return LISTS.parse(JSON.parse(await readFile(file, "utf8")));
}

/** Results of specs, held against the list of known failures. */
export interface Comparison {
  /** Passed, as they should. */
  passed: SpecResult[];
  /** Failed without being listed. */
  failed: SpecResult[];
  /** Passed although they are listed. */
  mended: SpecResult[];
  /** Failed as listed, or were left out by tfjs-core itself. */
  expected: SpecResult[];
}

/** Sorts results by what the list says of them. */
export function compareWithList(results: readonly SpecResult[], known: KnownFailures): Comparison {
  const comparison: Comparison = { passed: [], failed: [], mended: [], expected: [] };
  for (const result of results) {
    const listed = Object.hasOwn(known, result.name);
    if (result.status === "skipped") comparison.expected.push(result);
    else if (result.status === "passed") comparison[listed ? "mended" : "passed"].push(result);
    else comparison[listed ? "expected" : "failed"].push(result);
  }
  return comparison;
}
