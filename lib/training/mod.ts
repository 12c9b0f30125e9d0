/**
 * Training, as far as a loop of one's own needs it: the traced step, learning-rate schedules, checkpoints,
 * history and the selection of one.
 *
 * @module
 */
export * from "./checkpoint.ts";
export * from "./configurations.ts";
export type { WorkersChange } from "./fewer_workers.ts";
export * from "./fold_folders.ts";
export * from "./history.ts";
export * from "./import_kinds.ts";
export * from "./imported_weights.ts";
export * from "./learning_rate.ts";
export * from "./network_of.ts";
export * from "./provenance.ts";
export * from "./rate_curve.ts";
export * from "./rate_range.ts";
export * from "./run_config.ts";
export * from "./run_folder.ts";
export * from "./score.ts";
export * from "./select_epoch.ts";
export * from "./settings.ts";
export * from "./train.ts";
export * from "./train_step.ts";
export * from "./training_data.ts";
export * from "./training_state.ts";
export type { WorkerGroup } from "./worker_group.ts";
export type { SummedFolder, WriteSummedOptions } from "../support/summed_folder.ts";
