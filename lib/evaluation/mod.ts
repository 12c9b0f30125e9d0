/**
 * How good a classifier's scores are: AUC, average precision, thresholds, calibration and localisation, with
 * intervals that hold where a patient has several images. Everything here computes from arrays: it reads no
 * files, needs no permission and loads no native code, so it runs in Deno, Node and browsers.
 *
 * @module
 */
export * from "./auc.ts";
export * from "./auc_with_interval.ts";
export * from "./average_precision.ts";
export * from "./baselines.ts";
export * from "./bootstrap_auc.ts";
export * from "./calibration.ts";
export * from "./compare.ts";
export * from "./conformal.ts";
export * from "./confusion.ts";
export * from "./connected_regions.ts";
export * from "./baseline_maps.ts";
export * from "./cross_validation.ts";
export * from "./decision_curve.ts";
export * from "./ensemble.ts";
export * from "./estimate.ts";
export * from "./estimate_auc.ts";
export * from "./estimate_average_precision.ts";
export * from "./estimate_calibration.ts";
export * from "./estimate_mean.ts";
export * from "./estimate_stratified_auc.ts";
export * from "./finding_scale.ts";
export * from "./holm.ts";
export * from "./evaluators/calibration.ts";
export * from "./evaluators/conformal.ts";
export * from "./evaluators/counts.ts";
export * from "./evaluators/decisions.ts";
export * from "./evaluators/discrimination.ts";
export * from "./evaluators/label_context.ts";
export * from "./evaluators/operating_points.ts";
export * from "./estimate_kappa.ts";
export * from "./faithfulness.ts";
export * from "./interval.ts";
export * from "./isotonic.ts";
export * from "./label_audit.ts";
export * from "./likeness.ts";
export * from "./localisation.ts";
export * from "./logistic_regression.ts";
export * from "./logit.ts";
export * from "./map_similarity.ts";
export * from "./metrics.ts";
export * from "./operating_points.ts";
export * from "./patient_identity_baseline.ts";
export * from "./patient_index.ts";
export * from "./peak_of.ts";
export * from "./platt.ts";
export * from "./pointing_game.ts";
export * from "./precision_recall.ts";
export * from "./predictions.ts";
export * from "./prior_correction.ts";
export * from "./prior_map.ts";
export * from "./proportion.ts";
export * from "./recalibration.ts";
export * from "./resample_patients.ts";
export * from "./roc.ts";
export * from "./score_range.ts";
export * from "./selection_metric.ts";
export * from "./shared_images.ts";
export * from "./shortcuts.ts";
export * from "./subgroup_rates.ts";
export * from "./subgroups.ts";
export * from "./summary.ts";
export * from "./temperature.ts";
export * from "./threshold_counts.ts";
export * from "./weighted_scores.ts";
