import { extname } from "node:path";
import { flagOf } from "../support/flag_of.ts";
import { InputError } from "../support/input_error.ts";
import { quote } from "../support/printable.ts";
import { type DataSet, type DataSource, type FormatName, FORMATS } from "./data_set.ts";
import type { Entry } from "./entry.ts";
import { fillFromTags } from "./fill_from_tags.ts";
import type { Format } from "./formats/_format.ts";
import { counted } from "../support/decimals.ts";
import { listData } from "./formats/_listing.ts";
import { chexpert } from "./formats/chexpert.ts";
import { medmnist } from "./formats/medmnist.ts";
import { mimic } from "./formats/mimic.ts";
import { nih } from "./formats/nih.ts";
import { padchest } from "./formats/padchest.ts";
import { rsna } from "./formats/rsna.ts";
import { shards } from "./formats/shards.ts";
import { siim } from "./formats/siim.ts";
import { table } from "./formats/table.ts";
import { vindr } from "./formats/vindr.ts";
import { findFinding } from "./label_synonyms.ts";

const READERS: Readonly<Record<FormatName, Format>> = {
  nih,
  table,
  chexpert,
  mimic,
  padchest,
  vindr,
  rsna,
  siim,
  medmnist,
  shards,
};

/** What each format is called and what it needs, for help. */
export const FORMAT_NEEDS: readonly { name: FormatName; title: string; needs: string }[] = FORMATS.map(
  (name) => ({ name, title: READERS[name].title, needs: READERS[name].needs }),
);

/**
 * Reads a data set's tables and, where its images are DICOM files, what their tags say beyond the tables; no image is
 * decoded. Where the source does not say which data set it is, its files do. Of
 * the findings, those that the source names are kept, in its order; lateral views are left out unless it wants them.
 *
 * @throws {InputError} Where that is not sure, where files or columns are missing, a cell cannot be read, or a finding
 * is not there.
 */
export async function openDataSet(source: DataSource): Promise<DataSet> {
  const { format, data } = await tellFormat(source);
  const read = await READERS[format].read({ ...source, data });
  const { title } = READERS[format];
  const notes = [...read.notes, ...idleInWords(source, { format, title })];
  const filled = await fillFromTags({ format, title, ...read, notes });
  const chosen = chooseFindings(filled, source.findings);
  return source.views === "all" ? chosen : frontalOnly(chosen);
}

/** What is said of a table alone. */
const OF_TABLES = ["images", "imageColumn", "patientColumn", "labelColumn", "separator"] as const;

/** Which flags are given that say nothing of a data set, as they are for tables; a sentence, or none. */
function idleInWords(
  source: DataSource,
  { format, title }: { format: FormatName; title: string },
): string[] {
  if (format === "table") return [];
  const idle = OF_TABLES.filter((name) => source[name] !== null).map(flagOf);
  return idle.length === 0
    ? []
    : [`${idle.join(", ")}: said of a table (--table), so it changes nothing of ${title}.`];
}

async function tellFormat(
  source: DataSource,
): Promise<{ format: FormatName; data: string }> {
  const { format, table: file } = source;
  if (file !== null) {
    if (format !== null && format !== "table") {
      throw new InputError(`--table ${file}: not together with --format ${format}`);
    }
    return { format: "table", data: source.data ?? source.images ?? file };
  }
  const { data } = source;
  if (data === null) throw new InputError("No data: name a folder with --data, or a table with --table");
  if (format !== null) return { format, data };
  if (extname(data).toLowerCase() === ".npz") return { format: "medmnist", data };
  const listing = await listData(data);
  const sure = FORMATS.filter((name) => READERS[name].recognises(listing));
  if (sure.length === 1) return { format: sure[0]!, data };
  if (sure.length > 1) {
    throw new InputError(`${data}: may be ${sure.join(" or ")}: say which with --format`);
  }
  const tables = [...listing.headers.keys()];
  const hint = tables.length > 0
    ? `; is one of ${tables.slice(0, 3).join(", ")} a table of your own? (--table FILE --images DIR)`
    : "";
  throw new InputError(
    `${data}: not a data set that is known by its files (${FORMATS.join(", ")}; --format names one)${hint}`,
  );
}

/** Keeps some findings, in the order given. */
function chooseFindings(dataSet: DataSet, names: readonly string[] | null): DataSet {
  if (names === null) return dataSet;
  const found = names.map((name) => findFinding(name, dataSet.findings)?.finding);
  const missing = names.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    throw new InputError(
      `--findings: ${dataSet.table} has no ${missing.map(quote).join(", ")}; it has ${
        dataSet.findings.join(", ")
      }`,
    );
  }
  const findings = found as string[];
  const twice = findings.find((finding, index) => findings.indexOf(finding) < index);
  if (twice !== undefined) throw new InputError(`--findings: ${twice} is there twice`);
  return { ...dataSet, findings, entries: withFindings(dataSet.entries, findings) };
}

/** Entries with what they say of some findings, in the order of those. */
function withFindings(entries: readonly Entry[], findings: readonly string[]): Entry[] {
  return entries.map((entry) => ({
    ...entry,
    labels: findings.filter((finding) => entry.labels.includes(finding)),
    unknown: findings.filter((finding) => entry.unknown.includes(finding)),
  }));
}

function frontalOnly(dataSet: DataSet): DataSet {
  const entries = dataSet.entries.filter(({ view }) => view !== "lateral");
  const lateral = dataSet.entries.length - entries.length;
  if (lateral === 0) return dataSet;
  const notes = [...dataSet.notes, `${counted(lateral, "lateral view")} left out (--views all keeps them).`];
  if (entries.length === 0) throw new InputError(`${dataSet.table}: all images are lateral views`);
  return { ...dataSet, entries, notes };
}
