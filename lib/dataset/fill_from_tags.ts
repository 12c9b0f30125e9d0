import { inParallel } from "../support/in_parallel.ts";
import { InputError } from "../support/input_error.ts";
import type { DataSet } from "./data_set.ts";
import { type DicomTags, doubtsOf, pseudonymOf } from "./dicom/dicom_tags.ts";
import type { Entry } from "./entry.ts";
import type { ImageFolder } from "./image_folder.ts";

/** What tags may tell of an image. */
const TOLD = ["age", "sex", "view"] as const;

const IN_FLIGHT = 8;

/** How many doubtful images are named. */
const MOST_NAMED = 5;

/**
 * Takes from the tags of DICOM files what a data set's tables do not say of any image: age, sex, view, and the patient,
 * by a pseudonym (see `pseudonymOf`) and only where every file has one. What the tables say stands.
 */
export async function fillFromTags(dataSet: DataSet): Promise<DataSet> {
  const lacking = TOLD.filter((name) => dataSet.entries.every((entry) => entry[name] === null));
  if (lacking.length === 0 && dataSet.hasPatients) return dataSet;
  const folder = await imagesOf(dataSet);
  const first = dataSet.entries.find(({ image }) => folder?.images.has(image));
  if (folder === null || first === undefined || await tagsOf(folder.images.get(first.image)!) === null) {
    return dataSet;
  }

  const tags: (DicomTags | null)[] = [];
  await inParallel(dataSet.entries.entries(), { workers: IN_FLIGHT }, async ([i, { image }]) => {
    const path = folder.images.get(image);
    tags[i] = path === undefined ? null : await tagsOf(path);
  });
  const present = tags.filter((_, i) => folder.images.has(dataSet.entries[i]!.image));
  const fillsPatients = !dataSet.hasPatients && present.every((tag) => tag?.patientId);
  const entries = await Promise.all(dataSet.entries.map(async (entry, i): Promise<Entry> => {
    const tag = tags[i];
    if (!tag) return entry;
    const told = Object.fromEntries(lacking.map((name) => [name, tag[name]]));
    return { ...entry, ...told, ...(fillsPatients ? { patient: await pseudonymOf(tag.patientId!) } : {}) };
  }));
  const found = lacking.filter((name) => entries.some((entry) => entry[name] !== null));
  const said = [...found, ...(fillsPatients ? ["patient (by a pseudonym)"] : [])];
  const doubts = doubtful(entries, tags);
  if (said.length === 0 && doubts === null) return dataSet;
  return {
    ...dataSet,
    entries,
    hasPatients: dataSet.hasPatients || fillsPatients,
    notes: [
      ...dataSet.notes,
      ...(said.length > 0 ? [`From the DICOM files' tags: ${said.join(", ")}.`] : []),
      ...(doubts === null ? [] : [doubts]),
    ],
    findImages: () => Promise.resolve(folder),
  };
}

/** Says which images are no chest radiographs by their tags; lateral views, which are told apart elsewhere, are left out. */
function doubtful(entries: readonly Entry[], tags: readonly (DicomTags | null)[]): string | null {
  const found = entries.flatMap(({ image }, i) => {
    const doubts = tags[i] ? doubtsOf({ ...tags[i], view: null }) : [];
    return doubts.length === 0 ? [] : [`${image} (${doubts.join("; ")})`];
  });
  if (found.length === 0) return null;
  const named = found.slice(0, MOST_NAMED).join(", ") + (found.length > MOST_NAMED ? ", ..." : "");
  return `By their tags ${found.length} of ${entries.length} images are no chest radiographs: ${named}`;
}

/** The data set's images; null where they are not there, which the work that needs them says. */
async function imagesOf(dataSet: DataSet): Promise<ImageFolder | null> {
  try {
    return await dataSet.findImages();
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** The tags of a DICOM file; null where it is none, or is damaged. */
async function tagsOf(path: string): Promise<DicomTags | null> {
  const [{ readDicomHeader }, { readTags }] = await Promise.all([
    import("./dicom/read_header.ts"),
    import("./dicom/read_tags.ts"),
  ]);
  const header = await readDicomHeader(path);
  return header === null ? null : readTags(header);
}
