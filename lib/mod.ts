/**
 * Thorax: chest X-ray classification. Each room is a module of its own, such as `@thorax/thorax/evaluation`; import
 * that where it is enough, since this one loads them all.
 *
 * @module
 */
export * as dataset from "./dataset/mod.ts";
export * as evaluation from "./evaluation/mod.ts";
export * as explanation from "./explanation/mod.ts";
export * as model from "./model/mod.ts";
export * as notebook from "./notebook/mod.ts";
export * as phantom from "./phantom/mod.ts";
export * as plots from "./plots/mod.ts";
export * as runs from "./runs/mod.ts";
export * as tensorflow from "./tensorflow/mod.ts";
export * as training from "./training/mod.ts";
export * as weights from "./weight_files/mod.ts";
