/// <reference lib="dom" />
import { BACKENDS } from "./backend_names.ts";
import type { Engine } from "./choose_engine.ts";

/** Says what the network runs on once that is known, in a line and, for programs, in the page's data attributes. */
export function tellEngine(
  engine: Promise<Engine>,
  { status, page }: { status: HTMLElement; page: HTMLElement },
): void {
  engine.then(({ backend, off, hasMaps, notes, milliseconds }) => {
    status.textContent = `${BACKENDS[backend]}, ready in ${(milliseconds / 1000).toFixed(1)} s` +
      (hasMaps ? "" : "; it computes heat maps wrongly, so there are none");
    status.title = [
      `Self-test: scores are off by ${off.logits.toExponential(0)}, the heat map by ${
        off.map.toExponential(0)
      }`,
      ...notes,
    ].join("; ");
    Object.assign(page.dataset, { ready: backend, logitsOff: off.logits, mapOff: off.map });
  }, (error) => {
    status.textContent = (error as Error).message;
    status.classList.add("failed");
    page.dataset.ready = "failed";
  });
}
