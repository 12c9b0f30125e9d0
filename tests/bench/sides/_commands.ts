/** A command of the benchmark: its name, and what it is given. */
export type Command = { do: string } & Record<string, unknown>;

/** Waits, doing nothing else, for the next command; null where there are no more. */
export function readCommand(): Command | null {
  const byte = new Uint8Array(1);
  const line: number[] = [];
  while (Deno.stdin.readSync(byte) !== null) {
    if (byte[0] === 10) return JSON.parse(new TextDecoder().decode(Uint8Array.from(line)));
    line.push(byte[0]!);
  }
  return null;
}

/** Answers a command. */
export function answer(value: unknown): void {
  const bytes = new TextEncoder().encode(JSON.stringify(value) + "\n");
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}

/** Does what the benchmark asks, one command after the other, until it has no more. */
export async function answerCommands(
  actions: Readonly<Record<string, (given: Command) => unknown>>,
): Promise<void> {
  for (let command = readCommand(); command; command = readCommand()) {
    answer(await actions[command.do]!(command) ?? null);
  }
}

/** How many times a second something is done that is done again until so many seconds have passed. */
export async function rateOf(work: () => Promise<void>, seconds: number): Promise<number> {
  const start = performance.now();
  for (let times = 1;; times++) {
    await work();
    const passed = (performance.now() - start) / 1000;
    if (passed >= seconds) return times / passed;
  }
}

/** How many milliseconds something takes that is done again until so many seconds have passed: the median and the 95th percentile. */
export async function latenciesOf(
  work: () => Promise<void>,
  seconds: number,
): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  const start = performance.now();
  do {
    const before = performance.now();
    await work();
    times.push(performance.now() - before);
  } while (performance.now() - start < 1000 * seconds);
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(0.5 * times.length)]!, p95: times[Math.floor(0.95 * times.length)]! };
}

/** The most memory that this process has had so far, in MB (10^6 bytes). */
export function peakMemory(): number {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss / 1e6;
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))!;
  return Number(kilobytes) * 1024 / 1e6;
}
