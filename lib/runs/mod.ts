/**
 * The life of a run: open, train, select, test, explain, report, and what a finished one says of images.
 *
 * @module
 */
export * from "./complete_run.ts";
export * from "./cross_validate.ts";
export * from "./explain_run.ts";
export * from "./find_rate.ts";
export * from "./find_weights.ts";
export * from "./finished_run.ts";
export * from "./image_explainer.ts";
export * from "./image_warnings.ts";
export * from "./import_run.ts";
export * from "./list_runs.ts";
export * from "./load_run.ts";
export * from "./open_predictions.ts";
export * from "./open_run.ts";
export * from "./predictor.ts";
export * from "./prediction_file.ts";
export * from "./reference.ts";
export * from "./report_ensemble.ts";
export type { ReportedEvaluation, ScoredImages } from "./report_evaluation.ts";
export * from "./report_run.ts";
export * from "./reporter.ts";
export * from "./restart_run.ts";
export * from "./run.ts";
export * from "./select_run.ts";
export * from "./spare_checkpoints.ts";
export * from "./score_run.ts";
export * from "./tensorboard_reporter.ts";
export * from "./train_run.ts";
export type { OutputOptions } from "../support/outputs.ts";
