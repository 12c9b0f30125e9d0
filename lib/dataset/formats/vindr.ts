import { resolve } from "node:path";
import { inParallel } from "../../support/in_parallel.ts";
import { InputError } from "../../support/input_error.ts";
import { quote } from "../../support/printable.ts";
import { type Box, BOX_IMAGE_SIZE } from "../box.ts";
import { readDicomHeader } from "../dicom/read_header.ts";
import { plainEntry } from "../entry.ts";
import { readTable } from "../read_table.ts";
import { mapRows } from "../table_cells.ts";
import { locateImages } from "./_locate_images.ts";
import type { Format } from "./_format.ts";
import { counted } from "../../support/decimals.ts";
import { findNamed, findTables, listData } from "./_listing.ts";

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

/** DICOM files whose sizes are read at a time. */
const IN_FLIGHT = 8;

/** VinDr-CXR (Nguyen et al., 2022), of the VinBigData challenge or of PhysioNet. */
export const vindr: Format = {
  title: "VinDr-CXR",
  needs:
    `train.csv or annotations_train.csv (columns ${
      COLUMNS.join(", ")
    }, y_min, x_max, y_max; a row a box and ` +
    "radiologist); images by image_id; for the bounding boxes images as DICOM files, or " +
    "train_meta.csv (image_id, dim0, dim1)",
  recognises: (listing) => findTables(listing, COLUMNS).length > 0,
  async read({ data }) {
    const dir = resolve(data);
    const listing = await listData(dir);
    const tables = findTables(listing, COLUMNS);
    if (tables.length === 0) throw new InputError(`${data}: no table of VinDr-CXR. It needs ${vindr.needs}`);
    const labels = new Map<string, Set<string>>();
    const drawn: Drawn[] = [];
    const others = new Map<string, number>();
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
        const edges = (["left", "top", "right", "bottom"] as const).map((edge) => {
          const value = Number(cell(edge));
          if (cell(edge) === "" || !Number.isFinite(value)) {
            throw new InputError(`${edge} edge ${quote(cell(edge))} is not a number`);
          }
          return value;
        });
        drawn.push({ image, label, edges: edges as Drawn["edges"] });
      });
    }
    const sizesFile = findNamed(listing, SIZES);
    const sizes = sizesFile === null ? await dicomSizes(dir, drawn) : await readSizes(sizesFile);
    const unscaled = new Set(drawn.map(({ image }) => image).filter((image) => !sizes.has(image)));
    const boxes = drawn.flatMap((box) => scaled(box, sizes.get(box.image)));
    const entries = [...labels].map(([image, own]) =>
      plainEntry(image, FINDINGS.filter((finding) => own.has(finding)))
    );
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
          `The bounding boxes of ${counted(unscaled.size, "image")} are not used: ${
            SIZES[0]
          } (image_id, dim0, dim1), or the images as DICOM files, would ` +
          "say in images of which size they were drawn.",
        ]),
      ],
      findImages: () => locateImages(dir, entries),
    };
  },
};

/** A box in pixels of the image in its first size. */
interface Drawn {
  image: string;
  label: string;
  edges: [left: number, top: number, right: number, bottom: number];
}

type Sizes = ReadonlyMap<string, { width: number; height: number }>;

/** A box as part of an image of 1024x1024; none where it has no area or the size is not known. */
function scaled({ image, label, edges }: Drawn, size: { width: number; height: number } | undefined): Box[] {
  if (size === undefined) return [];
  const { width, height } = size;
  const [x, y, right, bottom] = edges.map((value, i) =>
    Math.min(Math.max(value / (i % 2 === 0 ? width : height), 0), 1) * BOX_IMAGE_SIZE
  ) as Drawn["edges"];
  return right > x && bottom > y ? [{ image, label, x, y, width: right - x, height: bottom - y }] : [];
}

/**
 * The sizes of images that have boxes, where the folder has them as DICOM files: those are as they were published, while
 * PNGs and JPEGs may have been made smaller.
 */
async function dicomSizes(dir: string, drawn: readonly Drawn[]): Promise<Sizes> {
  const names = [...new Set(drawn.map(({ image }) => image))];
  const sizes = new Map<string, { width: number; height: number }>();
  const images = await locateImages(dir, names.map((name) => plainEntry(name, []))).then(
    (folder) => folder.images,
    (error) => {
      if (error instanceof InputError) return new Map<string, string>(); // Said where the images are needed.
      throw error;
    },
  );
  await inParallel(images, { workers: IN_FLIGHT }, async ([image, path]) => {
    const header = await readDicomHeader(path);
    const [height, width] = [header?.uint16("x00280010"), header?.uint16("x00280011")];
    if (height && width) sizes.set(image, { width, height });
  });
  return sizes;
}

async function readSizes(file: string): Promise<Sizes> {
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
