import type { Box } from "./box.ts";
import type { Entry } from "./entry.ts";
import type { ImageFolder } from "./image_folder.ts";

/** The data sets whose own files can be read, and `table` for any other with a CSV. */
export const FORMATS = [
  "nih",
  "table",
  "chexpert",
  "mimic",
  "padchest",
  "vindr",
  "rsna",
  "siim",
  "medmnist",
  "shards",
] as const;

/** One of {@linkcode FORMATS}. */
export type FormatName = (typeof FORMATS)[number];

/** Where a data set is, and how what is said in it is to be read. */
export interface DataSource {
  /** Its folder, or MedMNIST's `.npz`; null where a table is named. */
  data: string | null;
  /** Which data set it is; null to tell by its files. */
  format: FormatName | null;
  /** A CSV file with a row an image, for the format `table`; null for the only one in `data`. */
  table: string | null;
  /** The folder in which the table's images lie, at any depth; null for that of the table. */
  images: string | null;
  /** The table's column of image names; null to find it by the usual names. */
  imageColumn: string | null;
  /** The table's column of patients; null to find it by the usual names. */
  patientColumn: string | null;
  /** The table's column of the names of the findings; null to find it, or for a column a finding. */
  labelColumn: string | null;
  /** What separates names in the column of findings; null for the usual ones. */
  separator: string | null;
  /** The findings to be kept, in the order wanted; null for all. */
  findings: readonly string[] | null;
  /** What an uncertain label (-1) is taken for. */
  uncertain: "unknown" | "positive" | "negative";
  /** What a label is taken for where a column of labels has an empty cell. */
  blank: "unknown" | "negative";
  /** Whether lateral views are left out. */
  views: "frontal" | "all";
}

/** A source of which nothing is said but where it is. */
export const PLAIN_SOURCE: Omit<DataSource, "data"> = {
  format: null,
  table: null,
  images: null,
  imageColumn: null,
  patientColumn: null,
  labelColumn: null,
  separator: null,
  findings: null,
  uncertain: "unknown",
  blank: "unknown",
  views: "frontal",
};

/** A data set's own split, by image names. */
export interface OfficialSplit {
  /** The training set, or, where the data set has no validation set, both together. */
  training: ReadonlySet<string>;
  /** The validation set; null where it is to be drawn from the training set. */
  validation: ReadonlySet<string> | null;
  /** The names of the test images. */
  test: ReadonlySet<string>;
}

/** A data set as its tables describe it; no image has been opened. */
export interface DataSet {
  /** Which data set it is. */
  format: FormatName;
  /** What it is called, to follow "images of". */
  title: string;
  /** The absolute path that it was read from. */
  dir: string;
  /** The file that says what is true of the images. */
  table: string;
  /** The findings that images are labelled for, in its order: 1 to 100. */
  findings: readonly string[];
  /** Every image of its tables, in their order, whether or not there is a file of it. */
  entries: readonly Entry[];
  /** The bounding boxes of its findings; empty where it has none. */
  boxes: readonly Box[];
  /** Its own split; null where it has none. */
  official: OfficialSplit | null;
  /** Whether it says which images are of one patient; where not, each image counts as a patient of its own. */
  hasPatients: boolean;
  /** What was guessed, left out or taken for something, a sentence each, to be shown. */
  notes: readonly string[];
  /** The settings that it was divided and labelled with for workers; absent where that is still to be done. */
  stored?: Readonly<Record<string, unknown>>;
  /** Finds where the images lie. */
  findImages(): Promise<ImageFolder>;
}
