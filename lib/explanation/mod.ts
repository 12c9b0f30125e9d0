/**
 * Where a network looked: Grad-CAM and its kin, and their scores against bounding boxes.
 *
 * @module
 */
export * from "./check_maps.ts";
export * from "./class_activation_maps.ts";
export * from "./class_activation_methods.ts";
export * from "./examples.ts";
export * from "./explain_images.ts";
export * from "./feature_gradients.ts";
export * from "./gallery.ts";
export * from "./grad_cam.ts";
export * from "./grad_cam_plus_plus.ts";
export * from "./hires_cam.ts";
export * from "./linear_imputation.ts";
export * from "./occlusion.ts";
export * from "./perturbation_curves.ts";
export * from "./random_weights.ts";
export * from "./saliency.ts";
export * from "./score_boxes.ts";
