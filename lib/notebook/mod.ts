/**
 * What a cell of a notebook shows: figures, pictures, tables, controls, progress, and a network that trains while one
 * watches; what a notebook says of its numbers, and the exercises that a cell checks.
 *
 * @module
 */
export * from "./check_answer.ts";
export * from "./controls.ts";
export * from "./exercises.ts";
export * from "../plots/live_training.ts";
export {
  NOT_FOUND,
  ORIGINAL_NOTEBOOK,
  PUBLISHED_RESULTS,
  type PublishedResult,
} from "../report/literature.ts";
export * from "../support/decimals.ts";
export * from "../support/mean.ts";
export * from "./notebook_reporter.ts";
export * from "./open_page.ts";
export * from "./open_trained_run.ts";
export * from "./progress_line.ts";
export * from "./say.ts";
export * from "./show.ts";
export * from "./show_live_page.ts";
export * from "./train_live.ts";
export * from "./until_interrupted.ts";
export type { LivePage } from "../server/live_page.ts";
export type { LiveReporter, LiveState } from "../server/live_reporter.ts";
export type { MimeBundle } from "./_display.ts";
export type { Table } from "../report/table.ts";
