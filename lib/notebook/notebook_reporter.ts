import { type Reporter, type Work, WORK_UNITS } from "../runs/reporter.ts";
import { type ProgressLine, progressLine } from "./progress_line.ts";

/** Tells of a run below a notebook's cell: a line for each work that takes a while. */
export function notebookReporter(): Reporter {
  const lines = new Map<Work, ProgressLine>();
  return {
    onWarning: (warning) => console.warn(`warning: ${warning}`),
    onProgress(work, done, total) {
      if (!lines.has(work)) lines.set(work, progressLine(work, WORK_UNITS[work]));
      lines.get(work)!.update(done, total);
    },
  };
}
