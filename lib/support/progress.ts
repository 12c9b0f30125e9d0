import process from "node:process";
import { Presets, SingleBar } from "cli-progress";

/** What a progress display is told when it starts. */
export interface ProgressOptions {
  /** How much there is to do. */
  total: number;
  /** What is counted, in the plural, such as "images". */
  unit: string;
}

/** A running progress display; disposing of it ends its line. */
export interface Progress extends Disposable {
  /** Says how much is done by now, in all, and shows a short note (such as a loss) where one is given. */
  update(done: number, note?: string): void;
  /** Writes a line of its own, above a bar. */
  say(line: string): void;
}

/**
 * Shows progress on standard error: a bar with the time left on a terminal; elsewhere a line whenever another tenth
 * is done or ten seconds have passed, at most one a second. The time left is judged from the pace since the first update,
 * so that a slow start does not count.
 *
 * @example
 * ```ts
 * import { showProgress } from "./progress.ts";
 * using progress = showProgress("Drawing", { total: 3, unit: "images" });
 * for (let done = 1; done <= 3; done++) progress.update(done);
 * ```
 */
export function showProgress(title: string, { total, unit }: ProgressOptions): Progress {
  const timeLeft = clock(total);
  const display = Deno.stderr.isTerminal() ? bar(title, { total, unit }) : lines(title, { total, unit });
  return {
    update: (done, note = "") => display.update(done, { left: timeLeft(done), note }),
    say: (line) => display.say(line),
    [Symbol.dispose]: () => display.stop(),
  };
}

/** Shows the progress of work from the moment when it first says how much it has done, until it ends in any way. */
export async function withProgress<T>(
  title: string,
  unit: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  try {
    return await work((done, total) => {
      progress ??= showProgress(title, { total, unit });
      progress.update(done);
    });
  } finally {
    progress?.[Symbol.dispose]();
  }
}

/** A time in seconds as a person writes it: `45 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

interface Display {
  update(done: number, shown: { left: string; note: string }): void;
  say(line: string): void;
  stop(): void;
}

function bar(title: string, { total, unit }: ProgressOptions): Display {
  const single = new SingleBar({
    format: `${title} {bar} {percentage} %  {value} of {total} ${unit}  {left}  {note}`,
    stream: process.stderr,
    barsize: 24,
    gracefulExit: false,
  }, Presets.shades_classic);
  single.start(total, 0, { left: "", note: "" });
  return {
    update: (done, shown) => single.update(done, shown),
    say: (line) => console.error(`\r\x1b[K${line}`),
    stop: () => single.stop(),
  };
}

function lines(title: string, { total, unit }: ProgressOptions): Display {
  let shownDone = 0;
  let shownTime = performance.now();
  return {
    update(done, { left, note }) {
      const seconds = (performance.now() - shownTime) / 1000;
      const tenths = Math.floor(10 * done / total) - Math.floor(10 * shownDone / total);
      const finished = done >= total && shownDone < total;
      if (!finished && seconds < 10 && (tenths < 1 || seconds < 1)) return;
      shownDone = done;
      shownTime = performance.now();
      const share = `${Math.floor(100 * done / total)} %, ${done} of ${total} ${unit}`;
      console.error(`${title}: ${[share, left, note].filter((part) => part !== "").join(", ")}`);
    },
    say: (line) => console.error(line),
    stop() {},
  };
}

/** Gives the time left as a text, empty while nothing is known. */
export function clock(total: number): (done: number) => string {
  let first: { done: number; time: number } | undefined;
  return (done) => {
    const time = performance.now();
    first ??= { done, time };
    if (done <= first.done || done >= total) return "";
    const pace = (time - first.time) / (done - first.done);
    return `${formatSeconds(pace * (total - done) / 1000)} left`;
  };
}
