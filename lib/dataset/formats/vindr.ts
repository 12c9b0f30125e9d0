import { resolve } from "node:path";
import { InputError } from "../../support/input_error.ts";
import { quote } from "../../support/printable.ts";
import { type Box, BOX_IMAGE_SIZE } from "../box.ts";
import type { Entry } from "../entry.ts";
import { readTable } from "../read_table.ts";
import { mapRows } from "../table_cells.ts";
import { locateImages } from "./_locate_images.ts";
import type { Format } from "./_format.ts";
import { counted, findNamed, findTables, listData } from "./_listing.ts";

const COLUMNS = ["image_id", "class_name", "rad_id", "x_min"];

/** The findings of the VinBigData challenge; the official release names more, rare ones. */
const FINDINGS = [
  "Aortic enlargement",
  "Atelectasis",
  "Calcification",
  "Cardiomegaly",
  "Consolidation",
  "ILD",
  "Infiltration",
  "Lung Opacity",
  "Nodule/Mass",
  "Other lesion",
  "Pleural effusion",
  "Pleural thickening",
  "Pneumothorax",
  "Pulmonary fibrosis",
] as const;

/** The sizes of the images before they were made smaller, as copies on Kaggle have them. */
const SIZES = ["train_meta.csv", "test_meta.csv"];

/** VinDr-CXR (Nguyen et al., 2022), of the VinBigData challenge or of PhysioNet. */
export const vindr: Format = {
  title: "VinDr-CXR",
  needs:
    `train.csv or annotations_train.csv (columns ${
      COLUMNS.join(", ")
    }, y_min, x_max, y_max; a row a box and ` +
    "radiologist); images by image_id; train_meta.csv (image_id, dim0, dim1) for the boxes",
  recognises: (listing) => findTables(listing, COLUMNS).length > 0,
  async read({ data }) {
    const dir = resolve(data);
    const listing = await listData(dir);
    const tables = findTables(listing, COLUMNS);
    if (tables.length === 0) throw new InputError(`${data}: no table of VinDr-CXR. It needs ${vindr.needs}`);
    const sizesFile = findNamed(listing, SIZES);
    const sizes = sizesFile === null ? null : await readSizes(sizesFile);
    const labels = new Map<string, Set<string>>();
    const boxes: Box[] = [];
    const others = new Map<string, number>();
    const unscaled = new Set<string>();
    for (const table of tables) {
      const { csv, columns } = await readTable(table, {
        image: "image_id",
        label: "class_name",
        left: "x_min",
        top: "y_min",
        right: "x_max",
        bottom: "y_max",
      });
      mapRows(csv, (row) => {
        const cell = (column: keyof typeof columns) => row[columns[column]]!;
        const image = cell("image");
        if (image === "") throw new InputError("no image name");
        const own = labels.get(image) ?? new Set();
        labels.set(image, own);
        const label = FINDINGS.find((finding) => finding.toLowerCase() === cell("label").toLowerCase());
        if (label === undefined) {
          if (cell("label").toLowerCase() !== "no finding") {
            others.set(cell("label"), (others.get(cell("label")) ?? 0) + 1);
          }
          return;
        }
        own.add(label);
        if (cell("left") === "") return;
        const size = sizes?.get(image);
        if (!size) return void unscaled.add(image);
        const edges = (["left", "top", "right", "bottom"] as const).map((edge) => {
          const value = Number(cell(edge));
          if (cell(edge) === "" || !Number.isFinite(value)) {
            throw new InputError(`${edge} edge ${quote(cell(edge))} is not a number`);
          }
          const whole = edge === "left" || edge === "right" ? size.width : size.height;
          return Math.min(Math.max(value / whole, 0), 1) * BOX_IMAGE_SIZE;
        });
        const [x, y, right, bottom] = edges as [number, number, number, number];
        if (right > x && bottom > y) boxes.push({ image, label, x, y, width: right - x, height: bottom - y });
      });
    }
    const entries = [...labels].map(([image, own]): Entry => ({
      image,
      labels: FINDINGS.filter((finding) => own.has(finding)),
      unknown: [],
      followUp: null,
      patient: image,
      age: null,
      sex: null,
      view: null,
    }));
    return {
      dir,
      table: tables.join(" and "),
      findings: FINDINGS,
      entries,
      boxes,
      official: null,
      hasPatients: false,
      notes: [
        "An image has a finding where at least one of its radiologists says so.",
        ...(others.size === 0
          ? []
          : [`Findings that are not among the ${FINDINGS.length}: ${[...others.keys()].join(", ")}.`]),
        ...(unscaled.size === 0 ? [] : [
          `The boxes of ${counted(unscaled.size, "image")} are not used: ${
            SIZES[0]
          } (image_id, dim0, dim1) would ` +
          "say in images of which size they were drawn.",
        ]),
      ],
      findImages: () => locateImages(dir, entries),
    };
  },
};

async function readSizes(file: string): Promise<Map<string, { width: number; height: number }>> {
  const { csv, columns } = await readTable(file, { image: "image_id", height: "dim0", width: "dim1" });
  return new Map(mapRows(csv, (row) => {
    const number = (column: "height" | "width") => {
      const value = Number(row[columns[column]]);
      if (!(value > 0 && value < Infinity)) {
        throw new InputError(`${column} ${quote(row[columns[column]]!)} is not a number of pixels`);
      }
      return value;
    };
    return [row[columns.image]!, { width: number("width"), height: number("height") }] as const;
  }));
}
