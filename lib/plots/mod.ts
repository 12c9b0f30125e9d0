/**
 * Figures as Plotly specifications, each a pure function of data, and pictures of images with heat maps.
 *
 * @module
 */
export * from "./abstention.ts";
export * from "./auc_by_epoch.ts";
export * from "./auc_by_label.ts";
export * from "./auc_noise.ts";
export * from "./cohort.ts";
export * from "./confusion.ts";
export * from "./decision_curves.ts";
export * from "./escape_html.ts";
export * from "./figure.ts";
export * from "./figure_svg.ts";
export * from "./finding_pairs.ts";
export * from "./label_balance.ts";
export * from "./label_counts.ts";
export * from "./loss_by_epoch.ts";
export * from "./map_randomisation.ts";
export * from "./metric_by_epoch.ts";
export * from "./pictures/beside.ts";
export * from "./pictures/enlarge.ts";
export * from "./pictures/grid.ts";
export * from "./pictures/heat_map.ts";
export * from "./pictures/inferno.ts";
export * from "./pictures/overlay.ts";
export * from "./precision_recall.ts";
export * from "./ratios.ts";
export * from "./reliability.ts";
export * from "./roc.ts";
export * from "./score_histograms.ts";
export * from "./shared_patients.ts";
export * from "./subgroup_auc.ts";
export * from "./threshold.ts";
