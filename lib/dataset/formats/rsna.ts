import { InputError } from "../../support/input_error.ts";
import { quote } from "../../support/printable.ts";
import type { Box } from "../box.ts";
import { boxOf } from "../boxes.ts";
import { type Entry, plainEntry } from "../entry.ts";
import { readTable } from "../read_table.ts";
import { ageOrNull, mapRows, sexOf, viewOf } from "../table_cells.ts";
import { locateImages } from "./_locate_images.ts";
import { findTable } from "./_find_table.ts";
import type { Format } from "./_format.ts";
import { findTables } from "./_listing.ts";

const COLUMNS = ["patientId", "x", "y", "width", "height", "Target"];
const HEADERS = ["PatientID", "PatientAge", "PatientSex", "ViewPosition"];
const FINDING = "Pneumonia";

/** The RSNA's pneumonia detection challenge (Shih et al., 2019): images of the NIH's, labelled anew. */
export const rsna: Format = {
  title: "RSNA pneumonia",
  needs:
    `stage_2_train_labels.csv (columns ${
      COLUMNS.join(", ")
    }); images by patientId; a table of the DICOM headers ` +
    `(${HEADERS.join(", ")}) where age, sex and view are to be known`,
  recognises: (listing) => findTables(listing, COLUMNS).length > 0,
  async read({ data }) {
    const { dir, listing, table } = await findTable(data, { ...rsna, columns: COLUMNS });
    const { csv, columns } = await readTable(table, {
      image: "patientId",
      x: "x",
      y: "y",
      width: "width",
      height: "height",
      target: "Target",
    });
    const headers = await readHeaders(findTables(listing, HEADERS)[0]);
    const labels = new Map<string, string>();
    const boxes: Box[] = [];
    mapRows(csv, (row) => {
      const cell = (column: keyof typeof columns) => row[columns[column]]!;
      const [image, target] = [cell("image"), cell("target")];
      if (image === "") throw new InputError("no patientId");
      if (target !== "0" && target !== "1") throw new InputError(`Target ${quote(target)} is not 0 or 1`);
      if ((labels.get(image) ?? target) !== target) {
        throw new InputError(`image ${quote(image)} has another Target than in a row above`);
      }
      labels.set(image, target);
      if (cell("x") !== "") boxes.push(boxOf({ image, label: FINDING, ...pick(cell) }));
    });
    const entries = [...labels].map(([image, target]): Entry => ({
      ...plainEntry(image, target === "1" ? [FINDING] : []),
      ...headers.get(image),
    }));
    return {
      dir,
      table,
      findings: [FINDING],
      entries,
      boxes,
      official: null,
      hasPatients: false,
      notes: ["patientId names an image: which images are of one person is not said."],
      findImages: () => locateImages(dir, entries),
    };
  },
};

function pick(cell: (column: "x" | "y" | "width" | "height") => string) {
  return { x: cell("x"), y: cell("y"), width: cell("width"), height: cell("height") };
}

/** Age, sex and view by image, from a table of DICOM headers. */
async function readHeaders(
  file: string | undefined,
): Promise<Map<string, Pick<Entry, "age" | "sex" | "view">>> {
  if (file === undefined) return new Map();
  const { csv, columns } = await readTable(file, {
    image: "PatientID",
    age: "PatientAge",
    sex: "PatientSex",
    view: "ViewPosition",
  });
  return new Map(mapRows(csv, (row) => [row[columns.image]!, {
    age: ageOrNull(row[columns.age]!),
    sex: sexOf(row[columns.sex]!),
    view: viewOf(row[columns.view]!) ?? null,
  }]));
}
