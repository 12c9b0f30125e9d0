import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "../../support/input_error.ts";
import { quote } from "../../support/printable.ts";
import type { DataSource } from "../data_set.ts";
import { type Entry, UNKNOWN } from "../entry.ts";
import { readTable } from "../read_table.ts";
import { ageOrNull, imageNames, labelOf, mapRows, sexOf, viewOf } from "../table_cells.ts";
import type { Format } from "./_format.ts";
import { findTables, listData } from "./_listing.ts";

/** The findings that the CheXpert labeler (Irvin et al., 2019) reads from reports, in the order of CheXpert's tables. */
export const CHEXPERT_FINDINGS = [
  "Enlarged Cardiomediastinum",
  "Cardiomegaly",
  "Lung Opacity",
  "Lung Lesion",
  "Edema",
  "Consolidation",
  "Pneumonia",
  "Atelectasis",
  "Pneumothorax",
  "Pleural Effusion",
  "Pleural Other",
  "Fracture",
  "Support Devices",
] as const;

/** The columns of labels in tables of the labeler. */
export const LABEL_COLUMNS = Object.fromEntries(
  ["No Finding", ...CHEXPERT_FINDINGS].map((name) => [name, name]),
) as Record<LabelColumn, string>;

type LabelColumn = "No Finding" | (typeof CHEXPERT_FINDINGS)[number];

const COLUMNS = ["Path", "Frontal/Lateral"];

/** CheXpert (Irvin et al., 2019), in its original size or the small one. */
export const chexpert: Format = {
  title: "CheXpert",
  needs:
    "train.csv, and valid.csv where there is one (columns Path, Sex, Age, Frontal/Lateral, AP/PA, No Finding and " +
    "the 13 findings); images where Path says",
  recognises: (listing) => findTables(listing, COLUMNS).length > 0,
  async read(source) {
    const dir = resolve(source.data);
    const tables = findTables(await listData(dir), COLUMNS);
    if (tables.length === 0) {
      throw new InputError(`${source.data}: no table of CheXpert. It needs ${chexpert.needs}`);
    }
    const read = await Promise.all(tables.map((table) => readTableOf(table, source)));
    const imageName = imageNames();
    const entries = read.flat();
    for (const { image } of entries) imageName(image);
    const inSubset = (subset: string) =>
      new Set(entries.map(({ image }) => image).filter((image) => image.startsWith(`${subset}/`)));
    const [training, test] = [inSubset("train"), inSubset("valid")];
    return {
      dir,
      table: tables.join(" and "),
      findings: CHEXPERT_FINDINGS,
      entries,
      boxes: [],
      official: training.size > 0 && test.size > 0 ? { training, validation: null, test } : null,
      hasPatients: true,
      notes: [],
      findImages() {
        const roots = [
          dir,
          ...["CheXpert-v1.0-small", "CheXpert-v1.0"].map((name) => join(dir, name)),
        ];
        const pathOf = (root: string, image: string) => join(root, image);
        const root = roots.find((root) => entries.some(({ image }) => existsSync(pathOf(root, image)))) ??
          dir;
        const images = new Map<string, string>();
        for (const { image } of entries) {
          const path = pathOf(root, image);
          if (existsSync(path)) images.set(image, path);
        }
        return Promise.resolve({ dir: root, images });
      },
    };
  },
};

async function readTableOf(file: string, source: DataSource): Promise<Entry[]> {
  const { csv, columns } = await readTable(file, {
    path: "Path",
    sex: "Sex",
    age: "Age",
    side: "Frontal/Lateral",
    projection: "AP/PA",
    ...LABEL_COLUMNS,
  });
  const labels = labelReader(source);
  return mapRows(csv, (row): Entry => {
    const cell = (column: keyof typeof columns) => row[columns[column]]!;
    const image = cell("path").replace(/^.*?(?=(?:train|valid|test)\/)/, "");
    const patient = /patient(\d+)/.exec(image)?.[1];
    if (patient === undefined) throw new InputError(`path ${quote(cell("path"))} has no patient in it`);
    const years = ageOrNull(cell("age"));
    return {
      image,
      ...labels(cell),
      followUp: null,
      patient: String(Number(patient)),
      age: years === 0 ? null : years,
      sex: sexOf(cell("sex")),
      view: cell("side") === "Lateral" ? "lateral" : lateralToo(cell("projection")),
    };
  });
}

/** The view of an image that is called frontal: a few of those are lateral all the same. */
function lateralToo(projection: string): Entry["view"] {
  return viewOf(projection) ?? null;
}

/**
 * Makes a reader of the labels of a row of CheXpert's or MIMIC-CXR's: 1, 0, -1 (uncertain) or empty (not mentioned).
 * Where a report says that there is no finding, those that it does not mention are negative, but for support devices,
 * which are none.
 */
export function labelReader(
  source: Pick<DataSource, "uncertain" | "blank">,
): (cell: (column: LabelColumn) => string) => Pick<Entry, "labels" | "unknown"> {
  const known = new Map<string, Pick<Entry, "labels" | "unknown">>();
  return (cell) => {
    const texts = CHEXPERT_FINDINGS.map((finding) => cell(finding));
    const healthy = labelOf(cell("No Finding"), source) === 1;
    const key = `${healthy} ${texts}`;
    const before = known.get(key);
    if (before) return before;
    const values = texts.map((text, index) => {
      const finding = CHEXPERT_FINDINGS[index]!;
      if (healthy && finding !== "Support Devices") return 0;
      const value = labelOf(text, source);
      if (value === null) throw new InputError(`${finding} ${quote(text)} is not 1, 0, -1 or empty`);
      return value;
    });
    const labels = {
      labels: CHEXPERT_FINDINGS.filter((_, index) => values[index] === 1),
      unknown: CHEXPERT_FINDINGS.filter((_, index) => values[index] === UNKNOWN),
    };
    known.set(key, labels);
    return labels;
  };
}
