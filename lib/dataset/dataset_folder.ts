import { join, resolve } from "node:path";
import { InputError } from "../support/input_error.ts";
import { type ImageFolder, listFolder } from "./image_folder.ts";
import { isImageName } from "./image_kind.ts";

/** The files of a folder in the NIH's layout that are no images. All paths are absolute. */
export interface DatasetFiles {
  /** The folder itself. */
  dir: string;
  /**
   * The metadata: `Data_Entry_2017_v2020.csv` (the corrected release) before `Data_Entry_2017.csv` and the Kaggle
   * sample's `sample_labels.csv`, or `.gz`.
   */
  metadataFile: string;
  /** `BBox_List_2017.csv` or `.csv.gz`; null where there is none. */
  boxesFile: string | null;
  /** `train_val_list.txt`; null where there is none. */
  trainValList: string | null;
  /** `test_list.txt`; null where there is none. */
  testList: string | null;
}

/** A folder in the NIH's layout: where its metadata, lists and images lie. */
export interface DatasetFolder extends DatasetFiles, ImageFolder {
  dir: string;
}

/** The metadata's names, the best first. */
export const NIH_TABLES = ["Data_Entry_2017_v2020.csv", "Data_Entry_2017.csv", "sample_labels.csv"];
const BOXES = ["BBox_List_2017.csv"];
const IMAGE_FOLDER = /^(images(_\d+)?|sample)$/;

/**
 * Opens a folder in the NIH's layout. Images are found in `images_001/images/` (... `images_012/images/`), in
 * `images_001/`, in `images/`, in the Kaggle sample's `sample/images/`, or in the folder itself. No file is opened.
 *
 * @throws {InputError} Where the folder is missing, empty, without metadata or without images, or where one image
 * name occurs in two places.
 */
export async function openDatasetFolder(dir: string): Promise<DatasetFolder> {
  const files = await findDatasetFiles(dir);
  const root = files.dir;
  const names = await listFolder(root);
  const images = new Map<string, string>();
  addImages(images, root, names);
  for (const name of [...names.keys()].filter((name) => IMAGE_FOLDER.test(name)).sort()) {
    const folder = join(root, name);
    const inside = await listFolder(folder);
    addImages(images, folder, inside);
    if (inside.has("images")) {
      addImages(images, join(folder, "images"), await listFolder(join(folder, "images")));
    }
  }
  if (images.size === 0) {
    throw new InputError(
      `${dir}: no image (PNG, JPEG or DICOM) in this folder, in images/ or in images_001/images/ and its like`,
    );
  }
  return { ...files, images };
}

/**
 * Finds the files of a folder in the NIH's layout that are no images, for work that needs none.
 *
 * @throws {InputError} Where the folder is missing, empty or without metadata.
 */
export async function findDatasetFiles(dir: string): Promise<DatasetFiles> {
  const root = resolve(dir);
  const names = await listFolder(root);
  if (names.size === 0) throw new InputError(`${dir}: the folder is empty`);
  const metadataFile = find(root, names, NIH_TABLES);
  if (metadataFile === null) {
    throw new InputError(`${dir}: no metadata (one of ${NIH_TABLES.join(", ")}, or with .gz) in this folder`);
  }
  return {
    dir: root,
    metadataFile,
    boxesFile: find(root, names, BOXES),
    trainValList: names.has("train_val_list.txt") ? join(root, "train_val_list.txt") : null,
    testList: names.has("test_list.txt") ? join(root, "test_list.txt") : null,
  };
}

function find(
  root: string,
  names: ReadonlyMap<string, unknown>,
  candidates: readonly string[],
): string | null {
  const name = candidates.flatMap((name) => [name, `${name}.gz`]).find((name) => names.has(name));
  return name === undefined ? null : join(root, name);
}

function addImages(images: Map<string, string>, folder: string, entries: ReadonlyMap<string, Deno.DirEntry>) {
  for (const { name, isDirectory } of entries.values()) {
    if (isDirectory || !isImageName(name)) continue;
    const other = images.get(name);
    const path = `${folder}/${name}`;
    if (other !== undefined) throw new InputError(`${path}: the same image name as ${other}`);
    images.set(name, path);
  }
}
