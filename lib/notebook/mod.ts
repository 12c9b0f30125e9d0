/**
 * What a cell of a notebook shows: figures, pictures, progress, and a network that trains while one watches.
 *
 * @module
 */
export * from "./controls.ts";
export * from "../plots/live_training.ts";
export * from "./notebook_reporter.ts";
export * from "./open_trained_run.ts";
export * from "./progress_line.ts";
export * from "./show.ts";
export * from "./show_live_page.ts";
export * from "./train_live.ts";
export * from "./until_interrupted.ts";
export type { LivePage } from "../server/live_page.ts";
export type { LiveReporter, LiveState } from "../server/live_reporter.ts";
export type { MimeBundle } from "./_display.ts";
export type { Table } from "../report/table.ts";
