import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { SpecResult } from "./run_specs.ts";

/** Causes of failures by the spec's name. */
const CAUSES = z.record(z.string(), z.string().min(1));

const LISTS = z.strictObject({
  /** Specs that fail whether operations are run at once or traced. */
  both: CAUSES,
  /** Specs that fail only where operations are traced. */
  traced: CAUSES,
  /** Specs that fail on some processors and pass on others. */
  onSomeProcessors: CAUSES,
  /** Specs that may fail where TensorFlow sees a GPU: those that failed on an NVIDIA H200. */
  onGpus: CAUSES,
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

/** What is known of specs. */
export interface KnownFailures {
  /** Names of specs that fail. */
  failing: ReadonlySet<string>;
  /** Names of specs that may fail. */
  varying: ReadonlySet<string>;
}

/** Sorts results by what is known of them. */
export function compareWithList(
  results: readonly SpecResult[],
  { failing, varying }: KnownFailures,
): Comparison {
  const comparison: Comparison = { passed: [], failed: [], mended: [], expected: [] };
  for (const result of results) {
    const fails = failing.has(result.name);
    if (result.status === "skipped") comparison.expected.push(result);
    else if (result.status === "passed") comparison[fails ? "mended" : "passed"].push(result);
    else comparison[fails || varying.has(result.name) ? "expected" : "failed"].push(result);
  }
  return comparison;
}
