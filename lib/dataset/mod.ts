/**
 * Data sets of radiographs: readers of NIH ChestX-ray14, CheXpert, MIMIC-CXR, PadChest, VinDr-CXR, RSNA,
 * SIIM, MedMNIST and plain tables; undersampling, splits, PNG, JPEG and DICOM images, the image cache,
 * batches and augmentation.
 *
 * @module
 */
export * from "./augmentation.ts";
export * from "./batches.ts";
export * from "./box.ts";
export * from "./boxes.ts";
export * from "./cohort.ts";
export * from "./data_set.ts";
export * from "./decode_image.ts";
export * from "./entry.ts";
export * from "./finding_pairs.ts";
export * from "./finding_title.ts";
export * from "./find_images.ts";
export * from "./grey_image.ts";
export * from "./image_cache.ts";
export * from "./image_folder.ts";
export * from "./image_kind.ts";
export * from "./image_list.ts";
export * from "./label_counts.ts";
export * from "./label_weights.ts";
export * from "./make_split.ts";
export * from "./metadata.ts";
export * from "./nih_findings.ts";
export * from "./open_data_set.ts";
export * from "./preparation.ts";
export * from "./radiologist_findings.ts";
export * from "./radiologist_labels.ts";
export * from "./read_image.ts";
export * from "./resize.ts";
export * from "./sampling_weights.ts";
export * from "./shared_patients.ts";
export * from "./split.ts";
export * from "./split_file.ts";
export * from "./undersample.ts";
export type { DicomTags } from "./dicom/dicom_tags.ts";
export { InputError } from "../support/input_error.ts";
export { type Random, random } from "../support/random.ts";
