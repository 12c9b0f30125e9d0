import { basename, extname, join } from "node:path";
import process from "node:process";
import { InputError } from "../../lib/support/input_error.ts";
import { random } from "../../lib/support/random.ts";
import { mutate } from "./mutate.ts";
import { type Reader, readers } from "./readers.ts";

// Changes files and reads them, a case for each line of standard input (its number), and answers with a line each.

/** How a case ended. */
export interface Outcome {
  reader: string;
  /** The file that was changed. */
  seed: string;
  outcome: "read" | "refused" | "defect";
  /** The message of what was thrown, with its stack trace where it is a defect. */
  message?: string;
  /** Bytes of the changed file, and of memory beyond what the process had before. */
  size: number;
  memory: number;
  /** Seconds of the processor. */
  seconds: number;
}

/** What cases are tried with. */
interface Bench {
  readers: readonly Reader[];
  /** A folder for the changed files. */
  folder: string;
  /** The seed of all cases. */
  seed: number;
}

async function run(number: number, { readers, folder, seed }: Bench): Promise<Outcome> {
  const stream = random(seed, "fuzz", number);
  const { name, seeds, isText = false, read } = readers[number % readers.length]!;
  const whole = seeds[stream.integer(seeds.length)]!;
  const bytes = mutate(await Deno.readFile(whole), { random: stream, isText });
  const file = join(folder, `changed${extname(whole)}`);
  await Deno.writeFile(file, bytes);
  (globalThis as unknown as { gc(): void }).gc();
  await Deno.writeTextFile("/proc/self/clear_refs", "5").catch(() => {});
  const [before, start] = [status("VmRSS"), processorSeconds()];
  const error = await Promise.resolve().then(() => read(file)).then(() => null, (error: unknown) => error);
  return {
    reader: name,
    seed: basename(whole),
    ...(error === null
      ? { outcome: "read" }
      : error instanceof InputError
      ? { outcome: "refused", message: error.message }
      : { outcome: "defect", message: (error as Error)?.stack ?? String(error) }),
    size: bytes.length,
    memory: status("VmHWM") - before,
    seconds: processorSeconds() - start,
  };
}

/** A line of /proc/self/status in bytes: the memory in use, or its peak. */
function status(name: "VmRSS" | "VmHWM"): number {
  const [, kilobytes = "0"] =
    Deno.readTextFileSync("/proc/self/status").match(new RegExp(`${name}:\\s+(\\d+)`)) ?? [];
  return 1024 * Number(kilobytes);
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

if (import.meta.main) {
  const [folder, seed] = Deno.args as [string, string];
  const bench = { readers: await readers(folder), folder, seed: Number(seed) };
  // A whole file that is refused would make every case of it pass.
  for (const { read, seeds } of bench.readers) for (const whole of seeds) await read(whole);
  console.log("ready");
  for await (const lines of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    for (const line of lines.trim().split("\n")) console.log(JSON.stringify(await run(Number(line), bench)));
  }
}
