import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { showProgress } from "../../lib/support/progress.ts";
import { defineTask, integerOption, runTask, seedOption } from "../../lib/tasks/_command.ts";
import type { Outcome } from "./child.ts";

/** Which cases are tried. */
export interface FuzzOptions {
  /** The seed of all cases. */
  seed: number;
  /** The number of the first case and how many there are; readers take turns. */
  first?: number;
  cases: number;
  /** Told of each case that ended. */
  onCase?: (number: number, outcome: Outcome) => void;
  /** Told of each failure at once. */
  onFailure?: (failure: Failure) => void;
}

/** A case that did not end as it has to. */
export interface Failure {
  number: number;
  why: string;
}

/** Seconds that a file may take: of the processor, and on the clock where other work goes on beside. */
const PROCESSOR_SECONDS = 10;
const CLOCK_SECONDS = 120;
const SPARE_BYTES = 200e6;

/**
 * Changes whole files in many ways and reads them. Every case has to end within ten seconds and with the file read or
 * with one clear line, and to take no more memory than twice the file's size and 200 MB. The work is done by another
 * process, so that what never ends, or ends the process, is a case that fails and no more.
 */
export async function fuzz({ seed, first = 0, cases, onCase, onFailure }: FuzzOptions): Promise<Failure[]> {
  const failures: Failure[] = [];
  let child = await start(seed);
  try {
    for (let number = first; number < first + cases; number++) {
      const outcome = await child.run(number);
      const why = typeof outcome === "string" ? outcome : faultOf(outcome);
      if (typeof outcome !== "string") onCase?.(number, outcome);
      if (why !== null) {
        failures.push({ number, why });
        onFailure?.({ number, why });
      }
      if (typeof outcome === "string") {
        await child[Symbol.asyncDispose]();
        child = await start(seed);
      }
    }
  } finally {
    await child[Symbol.asyncDispose]();
  }
  return failures;
}

/** What is wrong with how a case ended; null where nothing is. */
export function faultOf(
  { reader, seed, outcome, message = "", size, memory, seconds }: Outcome,
): string | null {
  const where = `${reader}, ${seed}`;
  if (outcome === "defect") return `${where}: ${message}`;
  if (outcome === "refused" && (/\p{Cc}/u.test(message) || !message.includes("/") || message.length > 4200)) {
    return `${where}: no clear line: ${JSON.stringify(message)}`;
  }
  if (seconds > PROCESSOR_SECONDS) return `${where}: ${seconds} s of the processor`;
  if (memory > 2 * size + SPARE_BYTES) return `${where}: ${memory} bytes of memory for a file of ${size}`;
  return null;
}

async function start(seed: number) {
  const folder = await Deno.makeTempDir({ prefix: "thorax_fuzz_" });
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--v8-flags=--expose-gc",
      join(import.meta.dirname!, "child.ts"),
      folder,
      `${seed}`,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = process.stdin.getWriter();
  const output = Readable.fromWeb(process.stdout as unknown as ReadableStream<Uint8Array>);
  const lines = createInterface({ input: output })[Symbol.asyncIterator]();
  const said = new Response(process.stderr).text();
  const ready = await lines.next();
  if (ready.value !== "ready") throw new Error(`The readers cannot be started: ${ready.value ?? await said}`);
  return {
    /** Runs a case; a text says how the process failed. */
    async run(number: number): Promise<Outcome | string> {
      await input.write(new TextEncoder().encode(`${number}\n`));
      const line = await within(CLOCK_SECONDS, lines.next());
      if (line === null) return `case ${number} did not end within ${CLOCK_SECONDS} s`;
      if (line.done) return `case ${number} ended the process: ${(await said).slice(-500)}`;
      try {
        return JSON.parse(line.value);
      } catch {
        return `case ${number} printed ${JSON.stringify(line.value)}`;
      }
    },
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await process.status;
      await said;
      await lines.return?.();
      await input.abort().catch(() => {});
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** What a promise gives; null where that takes too many seconds. */
async function within<T>(seconds: number, promise: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), 1000 * seconds));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The flags of the task. */
interface FuzzFlags {
  cases: number;
  seed: number;
  first: number;
}

const task = defineTask("fuzz", {
  description:
    "Damages whole files of every kind that is read, in many ways, and reads them. Each has to end within ten seconds, with " +
    "the file read or refused in one clear line, and within twice the file's size and 200 MB of memory. Names the cases " +
    "that do not.",
  examples: [
    ["deno task fuzz", "1,000 files, in some minutes"],
    ["deno task fuzz --seed 7 --first 420 --cases 1", "one case again"],
  ],
})
  .addOption(
    integerOption("--cases <n>", { description: "how many files", minimum: 1, maximum: 1e6, default: 1000 }),
  )
  .addOption(seedOption({ description: "another seed makes other changes", default: 1 }))
  .addOption(
    integerOption("--first <n>", {
      description: "the number of the first",
      minimum: 0,
      maximum: 1e9,
      default: 0,
    }),
  )
  .action(async (flags: FuzzFlags) => {
    const counts: Record<string, Record<Outcome["outcome"], number>> = {};
    let [memory, seconds] = [0, 0];
    let failures: Failure[];
    {
      using progress = showProgress("Reading damaged files", { total: flags.cases, unit: "files" });
      failures = await fuzz({
        ...flags,
        onFailure: ({ number, why }) => console.log(`case ${number} of seed ${flags.seed}: ${why}`),
        onCase(number, outcome) {
          const count = counts[outcome.reader] ??= { read: 0, refused: 0, defect: 0 };
          count[outcome.outcome]++;
          memory = Math.max(memory, outcome.memory);
          seconds = Math.max(seconds, outcome.seconds);
          progress.update(number + 1 - flags.first);
        },
      });
    }
    console.table(counts);
    console.log(`At most ${Math.round(memory / 1e6)} MB and ${seconds.toFixed(1)} s of the processor`);
    console.log(`${failures.length} of ${flags.cases} cases failed`);
    if (failures.length > 0) Deno.exitCode = 1;
  });

if (import.meta.main) await runTask(task);
