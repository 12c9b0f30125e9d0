import { join, resolve } from "node:path";

/** The folder of the project. */
export const PROJECT = resolve(import.meta.dirname!, "../..");

/** What is downloaded or generated. */
export const DATA = join(PROJECT, "data");

/** Where runs go that are not told where. */
export const RUNS = join(DATA, "runs");

/** Where the default phantom images lie. */
export const PHANTOM_FOLDER = join(DATA, "phantom");

/** Where decoded images are kept. */
export const IMAGE_CACHE = join(DATA, "cache");

/** Where downloaded files of weights go. */
export const WEIGHTS = join(DATA, "weights");

/** EfficientNet-Lite0's ImageNet weights, where set-up puts them. */
export const IMAGENET_FILE = join(WEIGHTS, "efficientnet-lite0.pth");

/** The metadata of all 112,120 NIH images, where set-up puts them. */
export const NIH_METADATA = join(DATA, "nih", "Data_Entry_2017_v2020.csv.gz");

/** What radiologists see in 4,376 of them, where set-up puts it. */
export const NIH_RADIOLOGISTS = join(DATA, "nih", "google2019_nih-chest-xray-labels.csv.gz");

/** The folder of the notebooks, in which their kernels work. */
export const NOTEBOOKS = join(PROJECT, "notebooks");

/** A folder ignored by git, for what is needed for a while. */
export const SCRATCH = join(PROJECT, ".artefacts");
