import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "../../support/input_error.ts";
import { quote } from "../../support/printable.ts";
import type { OfficialSplit } from "../data_set.ts";
import type { Entry } from "../entry.ts";
import { readTable } from "../read_table.ts";
import { imageNames, mapRows, viewOf } from "../table_cells.ts";
import { CHEXPERT_FINDINGS, LABEL_COLUMNS, labelReader } from "./chexpert.ts";
import type { Format } from "./_format.ts";
import { counted } from "../../support/decimals.ts";
import { findNamed, listData } from "./_listing.ts";

const LABELS = ["mimic-cxr-2.0.0-chexpert.csv", "mimic-cxr-2.1.0-chexpert.csv"];
const METADATA = ["mimic-cxr-2.0.0-metadata.csv", "mimic-cxr-2.1.0-metadata.csv"];
const SPLIT = ["mimic-cxr-2.0.0-split.csv", "mimic-cxr-2.1.0-split.csv"];

/** MIMIC-CXR-JPG (Johnson et al., 2019), with the labels of the CheXpert labeler. */
export const mimic: Format = {
  title: "MIMIC-CXR-JPG",
  needs: `${LABELS[0]} and ${METADATA[0]} (or with .gz), ${SPLIT[0]} for its own split; images as ` +
    "files/p10/p10000032/s50414267/ID.jpg",
  recognises: (listing) => findNamed(listing, LABELS) !== null,
  async read(source) {
    const dir = resolve(source.data);
    const listing = await listData(dir);
    const [labelsFile, metadataFile] = [findNamed(listing, LABELS), findNamed(listing, METADATA)];
    if (labelsFile === null || metadataFile === null) {
      const missing = [...(labelsFile ? [] : [LABELS[0]]), ...(metadataFile ? [] : [METADATA[0]])];
      throw new InputError(`${source.data}: no ${missing.join(" and no ")} (or with .gz)`);
    }
    const studies = await readStudies(labelsFile, source);
    const { csv, columns } = await readTable(metadataFile, {
      image: "dicom_id",
      patient: "subject_id",
      study: "study_id",
      view: "ViewPosition",
    });
    const imageName = imageNames();
    const paths = new Map<string, string>();
    let unlabelled = 0;
    const entries = mapRows(csv, (row): Entry[] => {
      const cell = (column: keyof typeof columns) => row[columns[column]]!;
      const [image, patient, study] = [imageName(cell("image")), cell("patient"), cell("study")];
      if (!/^\d{8}$/.test(patient)) {
        throw new InputError(`subject_id ${quote(patient)} is not a number of eight digits`);
      }
      const labels = studies.get(`${patient} ${study}`);
      if (!labels) {
        unlabelled++;
        return [];
      }
      paths.set(image, join(`p${patient.slice(0, 2)}`, `p${patient}`, `s${study}`, `${image}.jpg`));
      return [{
        image,
        ...labels,
        followUp: null,
        patient,
        age: null,
        sex: null,
        view: viewOf(cell("view")) ?? null,
      }];
    }).flat();
    const splitFile = findNamed(listing, SPLIT);
    return {
      dir,
      table: labelsFile,
      findings: CHEXPERT_FINDINGS,
      entries,
      boxes: [],
      official: splitFile === null ? null : await readSplitFile(splitFile),
      hasPatients: true,
      notes: unlabelled === 0 ? [] : [`${counted(unlabelled, "image")} of studies without labels left out.`],
      findImages() {
        const root = existsSync(join(dir, "files")) ? join(dir, "files") : dir;
        const found = [...paths].map(([image, path]) => [image, join(root, path)] as const);
        return Promise.resolve({ dir: root, images: new Map(found.filter(([, path]) => existsSync(path))) });
      },
    };
  },
};

async function readStudies(file: string, source: Parameters<typeof labelReader>[0]) {
  const { csv, columns } = await readTable(file, {
    patient: "subject_id",
    study: "study_id",
    ...LABEL_COLUMNS,
  });
  const labels = labelReader(source);
  return new Map(mapRows(csv, (row) => {
    const cell = (column: keyof typeof columns) => row[columns[column]]!;
    return [`${cell("patient")} ${cell("study")}`, labels(cell)] as const;
  }));
}

async function readSplitFile(file: string): Promise<OfficialSplit> {
  const { csv, columns } = await readTable(file, { image: "dicom_id", subset: "split" });
  const subsets = { train: new Set<string>(), validate: new Set<string>(), test: new Set<string>() };
  mapRows(csv, (row) => {
    const subset = row[columns.subset]!;
    if (!(subset in subsets)) {
      throw new InputError(`split ${quote(subset)} is not ${Object.keys(subsets).join(", ")}`);
    }
    subsets[subset as keyof typeof subsets].add(row[columns.image]!);
  });
  return { training: subsets.train, validation: subsets.validate, test: subsets.test };
}
