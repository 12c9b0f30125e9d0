import { join } from "node:path";
import { defineTask, runTask } from "../../lib/tasks/_command.ts";
import { showProgress } from "../../lib/support/progress.ts";
import { SCRATCH } from "../../lib/support/project.ts";
import { compareWithList, type Comparison, readKnownFailures } from "./known_failures.ts";
import { runSpecs, type SpecResult } from "./run_specs.ts";
import { traceOperations } from "./traced.ts";

/** The name that `lib/tensorflow` registers its backend under. */
const BACKEND = "tensorflow";

interface ConformanceFlags {
  traced: boolean;
  filter: string;
}

const conformance = defineTask("conformance", {
  description:
    "Runs tfjs-core's own unit tests of operations, optimisers, gradients, tensors and buffers on lib/tensorflow, and " +
    "those of TensorFlow.js' package for Node. " +
    "Specs that cannot pass are listed with their cause in tests/conformance/known_failures.json: they run " +
    "and count as skipped, and one that passes after all counts as failed, so that the list stays true.",
  examples: [
    ["deno task conformance", "all specs, each operation run at once"],
    [
      "deno task conformance --traced",
      "all specs, operations recorded as graphs and compared with running them",
    ],
    ["deno task conformance --filter conv2d", "the specs with a word in their name"],
  ],
})
  .option("--traced", "record operations as a graph that runs when a spec reads a value", false)
  .option("--filter <text>", "run only specs with this text in their name", "")
  .action(async ({ traced, filter }: ConformanceFlags) => {
    const { hasGpu } = await import("../../lib/tensorflow/mod.ts");
    const results = await run({ traced, filter });
    const lists = await readKnownFailures(join(import.meta.dirname!, "known_failures.json"));
    const comparison = compareWithList(results, {
      failing: new Set([lists.both, traced ? lists.traced : {}].flatMap(Object.keys)),
      varying: new Set([lists.onSomeProcessors, hasGpu() ? lists.onGpus : {}].flatMap(Object.keys)),
    });
    report(comparison);
    Deno.exit(comparison.failed.length + comparison.mended.length === 0 ? 0 : 1);
  });

async function run({ traced, filter }: ConformanceFlags): Promise<SpecResult[]> {
  const { binding } = await import("../../lib/tensorflow/backend.ts");
  await import("../../lib/tensorflow/mod.ts");
  const options = { backend: BACKEND, filter };
  if (traced) {
    using progress = showProgress("Specs", { total: 3808, unit: "specs" });
    return await runSpecs({
      ...options,
      progress: (done) => progress.update(done),
      ...traceOperations(binding),
    });
  }
  await Deno.mkdir(SCRATCH, { recursive: true });
  const nodeFolder = await Deno.makeTempDir({ dir: SCRATCH, prefix: "conformance-" });
  try {
    using progress = showProgress("Specs", { total: 3968, unit: "specs" });
    return await runSpecs({ ...options, nodeFolder, progress: (done) => progress.update(done) });
  } finally {
    await Deno.remove(nodeFolder, { recursive: true });
  }
}

function report({ passed, failed, mended, expected }: Comparison): void {
  for (const { name, messages } of failed) {
    console.log(`failed: ${name}`);
    for (const message of messages) console.log(`  ${message.replaceAll("\n", "\n  ")}`);
  }
  for (const { name } of mended) console.log(`passed, but is listed as failing: ${name}`);
  const wrong = failed.length + mended.length;
  console.log(`${passed.length} passed, ${wrong} failed, ${expected.length} skipped`);
}

if (import.meta.main) await runTask(conformance);
