import { openDisplay } from "./_display.ts";
import { counted } from "../support/decimals.ts";

/** How long in milliseconds a line stands at least. */
const STANDING = 250;

const WIDTH = 24;

/** A line of text below a cell that tells how far work has come. */
export interface ProgressLine {
  /** Says how much is done, and a note where one is given; the line appears with the first call. */
  update(done: number, total: number, note?: string): void;
  /** Waits until the last line is shown. */
  finish(): Promise<void>;
}

/**
 * Tells of long work in a notebook: `Decoding ██████░░░░ 1,200 of 4,800 images`. Nothing is shown where there is
 * nothing to do.
 *
 * @param unit What is counted, in the plural.
 */
export function progressLine(title: string, unit: string): ProgressLine {
  let replace: ReturnType<typeof openDisplay> | undefined;
  let sent: Promise<unknown> = Promise.resolve();
  let last = -Infinity;
  return {
    update(done, total, note = "") {
      const now = performance.now();
      if (done < total && now - last < STANDING) return;
      last = now;
      const bar = "█".repeat(Math.round(WIDTH * done / total)).padEnd(WIDTH, "░");
      const count = `${counted(done)} of ${counted(total)} ${unit}`;
      const bundle = { "text/plain": `${title} ${bar} ${count}  ${note}`.trimEnd() };
      sent = sent.then(async () => {
        if (replace) await (await replace)(bundle);
        else await (replace = openDisplay(bundle));
      });
    },
    finish: async () => void await sent,
  };
}
