import { basename, dirname, join, resolve } from "node:path";
import { type Csv, readCsv, rowName } from "../../support/csv.ts";
import { InputError } from "../../support/input_error.ts";
import { quote } from "../../support/printable.ts";
import type { DataSource, OfficialSplit } from "../data_set.ts";
import { type Entry, UNKNOWN } from "../entry.ts";
import { MOST_FINDINGS } from "../findings.ts";
import { findFinding, plainName } from "../label_synonyms.ts";
import { NIH_FINDINGS } from "../nih_findings.ts";
import { subsetNamed } from "../subset_named.ts";
import {
  ageOrNull,
  imageNames,
  isNotKnown,
  labelOf,
  mapRows,
  remember,
  sexOf,
  viewOf,
} from "../table_cells.ts";
import { locateImages } from "./_locate_images.ts";
import type { Format } from "./_format.ts";
import { counted } from "../../support/decimals.ts";
import { listData } from "./_listing.ts";

/** What columns are called, in the spelling of `plainName`. */
const USUAL = {
  image: [
    "image",
    "image_index",
    "image_id",
    "imageid",
    "image_name",
    "image_path",
    "image_file",
    "img",
    "img_name",
    "filename",
    "file_name",
    "file",
    "path",
    "filepath",
    "file_path",
    "dicom_id",
    "id",
  ],
  patient: ["patient", "patient_id", "patientid", "subject", "subject_id", "subjectid"],
  age: ["age", "patient_age", "age_years", "patientage"],
  sex: ["sex", "gender", "patient_sex", "patient_gender", "patientsex"],
  view: ["view", "view_position", "viewposition", "projection", "ap_pa"],
  set: ["split", "set", "part", "subset", "fold"],
  labels: [
    "labels",
    "label",
    "finding_labels",
    "findings",
    "finding",
    "diagnosis",
    "diagnoses",
    "class",
    "class_name",
    "classes",
    "pathology",
    "pathologies",
    "category",
    "target",
  ],
} as const;

type Meaning = keyof typeof USUAL;

/** What says in a column of names that an image has no finding. */
const NO_FINDING = ["", "no_finding", "no_findings", "normal", "none", "healthy", "negative", "clear"];

/** What separates names, tried in this order. */
const SEPARATORS = ["|", ";", ","];

/** Any table with a row an image. */
export const table: Format = {
  title: "a table of your own",
  needs:
    "--table FILE.csv (a row an image) and --images DIR; a column of image names, and either a column a finding " +
    "with 0, 1, -1 (uncertain) or nothing, or a column of the findings' names; patient, age, sex, view and split " +
    "where there are any",
  recognises: () => false,
  async read(source) {
    const file = source.table === null ? await onlyTable(source.data) : resolve(source.table);
    const csv = await readCsv(file);
    if (csv.rows.length === 0) throw new InputError(`${file} has a header and no rows`);
    const columns = findColumns(csv, source);
    const labels = findLabels(csv, columns, source);
    const imageName = imageNames();
    const age = remember(ageOrNull);
    const strange = { views: new Map<string, number>() };
    const own: Record<keyof OfficialSplit, Set<string>> = {
      training: new Set(),
      validation: new Set(),
      test: new Set(),
    };
    const entries = mapRows(csv, (row): Entry => {
      const cell = (meaning: Exclude<Meaning, "labels">) => {
        const column = columns[meaning];
        return column === null ? "" : row[column]!;
      };
      const image = imageName(cell("image"));
      const patient = columns.patient === null ? image : cell("patient");
      if (patient === "") throw new InputError("no patient");
      const view = viewOf(cell("view"));
      if (view === null) strange.views.set(cell("view"), (strange.views.get(cell("view")) ?? 0) + 1);
      if (columns.set !== null) own[setOf(cell("set"))].add(image);
      return {
        image,
        ...labels.read(row),
        followUp: null,
        patient,
        age: age(cell("age")),
        sex: sexOf(cell("sex")),
        view: view ?? null,
      };
    });
    const dir = resolve(source.images ?? dirname(file));
    return {
      dir,
      title: `the table ${basename(file)}`,
      table: file,
      findings: labels.findings,
      entries,
      boxes: [],
      official: own.training.size > 0 && own.test.size > 0
        ? { ...own, validation: own.validation.size > 0 ? own.validation : null }
        : null,
      hasPatients: columns.patient !== null,
      notes: [
        ...describeColumns(csv, columns, source),
        ...labels.notes,
        ...[...strange.views].map(([view, images]) =>
          `View ${quote(view)} of ${counted(images, "image")} is not known here and is taken for unknown.`
        ),
      ],
      findImages: () => locateImages(dir, entries),
    };
  },
};

async function onlyTable(data: string): Promise<string> {
  const { dir, headers } = await listData(data);
  const names = [...headers.keys()];
  if (names.length === 1) return join(dir, names[0]!);
  throw new InputError(
    names.length === 0
      ? `${data}: no CSV file`
      : `${data}: several CSV files (${names.join(", ")}): name one with --table`,
  );
}

type Columns = Record<Meaning, number | null> & { image: number };

/** Finds the columns that have one meaning, by the names given or by the usual ones. */
function findColumns(csv: Csv, source: DataSource): Columns {
  const missing: string[] = [];
  const given = (name: string, flag: string) => {
    const column = columnNamed(csv, name);
    if (column === null) missing.push(`no column ${quote(name)} (${flag})`);
    return column;
  };
  const usual = (meaning: Meaning) => {
    const found = USUAL[meaning].flatMap((name) => csv.header.findIndex((own) => plainName(own) === name))
      .find((column) => column >= 0);
    return found ?? null;
  };
  const image = source.imageColumn === null ? usual("image") : given(source.imageColumn, "--image-column");
  if (image === null && source.imageColumn === null) {
    missing.push(
      `no column of image names (${USUAL.image.slice(0, 5).join(", ")} ...): name it with --image-column`,
    );
  }
  const named = source.findings?.filter((finding) => columnNamed(csv, finding) !== null) ?? [];
  const columns = {
    image: image ?? -1,
    patient: source.patientColumn === null
      ? usual("patient")
      : given(source.patientColumn, "--patient-column"),
    age: usual("age"),
    sex: usual("sex"),
    view: usual("view"),
    set: usual("set"),
    labels: source.labelColumn === null
      ? named.length > 0 ? null : usual("labels")
      : given(source.labelColumn, "--label-column"),
  };
  if (missing.length > 0) {
    throw new InputError(`${csv.file}, row 1: ${missing.join("; ")}; it has ${quote(csv.header.join(", "))}`);
  }
  return columns;
}

function columnNamed({ header }: Csv, name: string): number | null {
  const exact = header.indexOf(name);
  if (exact >= 0) return exact;
  const alike = header.flatMap((own, column) => plainName(own) === plainName(name) ? [column] : []);
  return alike.length === 1 ? alike[0]! : null;
}

interface LabelReader {
  findings: readonly string[];
  read(row: readonly string[]): Pick<Entry, "labels" | "unknown">;
  notes: string[];
}

/** Finds how a table says what its images have: in a column a finding, or in a column of names. */
function findLabels(csv: Csv, columns: Columns, source: DataSource): LabelReader {
  const { labels } = columns;
  if (labels !== null) {
    const isNames = csv.rows.some((row) => labelOf(row[labels]!, source) === null);
    if (isNames) return namesReader(csv, labels, source);
    if (source.labelColumn !== null) return cellsReader(csv, [labels], source);
  }
  if (source.findings !== null) {
    const found = source.findings.map((finding) => columnNamed(csv, finding));
    const lacking = source.findings.filter((_, index) => found[index] === null);
    if (lacking.length > 0) {
      const names = lacking.map(quote).join(", ");
      throw new InputError(
        `${csv.file}, row 1: no column ${names} (--findings) in ${quote(csv.header.join(", "))}`,
      );
    }
    return cellsReader(csv, found as number[], source);
  }
  const taken = Object.values(columns);
  const others = csv.header.flatMap((name, column) => name !== "" && !taken.includes(column) ? [column] : []);
  const candidates = others.filter((column) => isLabels(csv, column, source));
  const left = others.filter((column) => !candidates.includes(column));
  for (const column of left) refuseOddLabel(csv, column, source);
  const all = labels === null ? candidates : [labels, ...candidates].sort((a, b) => a - b);
  if (all.length === 0) {
    throw new InputError(
      `${csv.file}, row 1: no column of findings: none has only 0, 1, -1 or nothing in it, and none is called ` +
        `${
          USUAL.labels.slice(0, 4).join(", ")
        } or the like; name them with --findings A,B or --label-column NAME`,
    );
  }
  const reader = cellsReader(csv, all, source);
  return { ...reader, notes: [...reader.notes, ...describeLeft(left.map((column) => csv.header[column]!))] };
}

/** How many columns that are left a note names. */
const NAMED_LEFT = 20;

function describeLeft(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > NAMED_LEFT ? ` and ${names.length - NAMED_LEFT} more` : "";
  return [`Columns that are not read: ${names.slice(0, NAMED_LEFT).map(quote).join(", ")}${more}.`];
}

/**
 * Refuses a column that is left out for single cells though it is one of a finding: it is called as a known one is, or
 * nine in ten of its cells that say something are labels.
 */
function refuseOddLabel(csv: Csv, column: number, source: DataSource): void {
  const name = csv.header[column]!;
  const said = csv.rows.filter((row) => !isNotKnown(row[column]!));
  const odd = said.filter((row) => labelOf(row[column]!, source) === null);
  if (odd.length === 0) return; // All of it is unknown.
  if (findFinding(name, NIH_FINDINGS) === null && odd.length > said.length / 10) return;
  const index = csv.rows.indexOf(odd[0]!);
  const cell = quote(odd[0]![column]!);
  throw new InputError(
    `${rowName(csv, index)}: ${
      quote(name)
    } has ${cell}, which is not 0, 1, -1 or empty (--findings A,B names the ` +
      "columns that are findings, where this is none)",
  );
}

/** Whether a column has nothing in it but labels, and at least one that is 0 or 1. */
function isLabels(csv: Csv, column: number, source: DataSource): boolean {
  let isSaid = false;
  for (const row of csv.rows) {
    const text = row[column]!;
    if (labelOf(text, source) === null) return false;
    isSaid ||= !isNotKnown(text);
  }
  return isSaid;
}

function cellsReader(csv: Csv, columns: readonly number[], source: DataSource): LabelReader {
  const findings = columns.map((column) => csv.header[column]!);
  const isHealthy = findings.findIndex((name) => NO_FINDING.includes(plainName(name)));
  const kept = isHealthy < 0 || findings.length === 1
    ? columns
    : columns.filter((_, index) => index !== isHealthy);
  const names = kept.map((column) => csv.header[column]!);
  if (names.length > MOST_FINDINGS) {
    throw new InputError(
      `${csv.file}, row 1: ${names.length} columns look like findings, more than ${MOST_FINDINGS}: name those wanted ` +
        "with --findings A,B",
    );
  }
  return {
    findings: names,
    notes: [
      `Findings (a column each): ${names.join(", ")}.`,
      ...(kept.length < columns.length
        ? [`Column ${quote(findings[isHealthy]!)} is not a finding and is not read.`]
        : []),
    ],
    read(row) {
      const values = kept.map((column, index) => {
        const value = labelOf(row[column]!, source);
        if (value === null) {
          throw new InputError(`${names[index]} ${quote(row[column]!)} is not 0, 1, -1 or empty`);
        }
        return value;
      });
      return {
        labels: names.filter((_, index) => values[index] === 1),
        unknown: names.filter((_, index) => values[index] === UNKNOWN),
      };
    },
  };
}

function namesReader(csv: Csv, column: number, source: DataSource): LabelReader {
  const cells = csv.rows.map((row) => row[column]!);
  const separator = source.separator ??
    SEPARATORS.find((each) => cells.some((cell) => cell.includes(each))) ?? null;
  const split = remember((cell) => {
    const names = (separator === null ? [cell] : cell.split(separator)).map((name) => name.trim());
    return [...new Set(names.filter((name) => !NO_FINDING.includes(plainName(name))))];
  });
  const found = [...new Set(cells.flatMap(split))].sort();
  const header = quote(csv.header[column]!);
  if (found.length === 0) throw new InputError(`${csv.file}: column ${header} names no finding`);
  if (found.length > MOST_FINDINGS) {
    throw new InputError(
      `${csv.file}: column ${header} has ${found.length} different names, more than ${MOST_FINDINGS}: is it the ` +
        "column of findings? (--label-column, --separator)",
    );
  }
  return {
    findings: found,
    notes: [
      `Findings (names in the column ${header}${
        separator === null ? "" : `, separated by "${separator}"`
      }): ` +
      `${found.join(", ")}.`,
    ],
    read: (row) => ({ labels: split(row[column]!).toSorted(), unknown: [] }),
  };
}

function setOf(text: string): keyof OfficialSplit {
  const set = subsetNamed(text);
  if (set === undefined) throw new InputError(`split ${quote(text)} is not train, val or test`);
  return set;
}

function describeColumns(csv: Csv, columns: Columns, source: DataSource): string[] {
  const name = (column: number) => quote(csv.header[column]!);
  const said = (["patient", "age", "sex", "view", "set"] as const).flatMap((meaning) => {
    const column = columns[meaning];
    return column === null ? [] : [`${meaning === "set" ? "split" : meaning} ${name(column)}`];
  });
  const missing = (["patient", "age", "sex", "view"] as const).filter((meaning) => columns[meaning] === null);
  return [
    `Columns: image ${name(columns.image)}${said.map((each) => `, ${each}`).join("")}.`,
    ...(missing.length === 0 ? [] : [`Not in the table: ${missing.join(", ")}.`]),
    ...(source.patientColumn === null && columns.patient === null
      ? ["Without patients, images of one may come into several sets, so a split needs --split image."]
      : []),
  ];
}
