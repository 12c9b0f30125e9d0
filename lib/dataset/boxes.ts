import { InputError } from "../support/input_error.ts";
import { columnOf, readCsv, rowName } from "../support/csv.ts";
import { isNumber } from "../support/numbers.ts";
import { quote } from "../support/printable.ts";
import { baseName } from "./image_names.ts";
import { isNihFinding } from "./nih_findings.ts";

/** A rectangle drawn around one finding by a radiologist, in pixels of the 1024x1024 original, y downwards. */
export interface Box {
  /** The name of the image's file. */
  image: string;
  /** The finding inside. */
  label: string;
  /** The left edge. */
  x: number;
  /** The upper edge. */
  y: number;
  /** The width, above 0. */
  width: number;
  /** The height, above 0. */
  height: number;
}

/** The width and height in pixels of the images that the boxes are given in. */
export const BOX_IMAGE_SIZE = 1024;

/**
 * Reads and checks the NIH's list of boxes (`BBox_List_2017.csv`, also as `.gz`), in the order of the file. Its
 * name for an infiltration, "Infiltrate", becomes the metadata's.
 *
 * @throws {InputError} When the file is no CSV, lacks a column, names an unknown label, or has a box that is not
 * four numbers or reaches out of the image.
 */
export async function readBoxes(file: string): Promise<Box[]> {
  const csv = await readCsv(file);
  const columns = {
    image: columnOf(csv, "Image Index"),
    label: columnOf(csv, "Finding Label"),
    x: columnOf(csv, "Bbox [x"),
    y: columnOf(csv, "y"),
    width: columnOf(csv, "w"),
    height: columnOf(csv, "h]"),
  };
  return csv.rows.map((row, index) => {
    const cell = (column: keyof typeof columns) => row[columns[column]]!;
    const place = rowName(csv, index);
    const number = (column: "x" | "y" | "width" | "height") => {
      const text = cell(column);
      if (!isNumber(text)) throw new InputError(`${place}: ${column} ${quote(text)} is not a number`);
      return Number(text);
    };
    const image = baseName(cell("image"));
    if (image === "") throw new InputError(`${place}: no image name`);
    const label = cell("label") === "Infiltrate" ? "Infiltration" : cell("label");
    if (!isNihFinding(label)) throw new InputError(`${place}: unknown label ${quote(label)}`);
    const box = {
      image,
      label,
      x: number("x"),
      y: number("y"),
      width: number("width"),
      height: number("height"),
    };
    if (!isInside(box)) {
      throw new InputError(
        `${place}: the box at ${box.x},${box.y} of ${box.width}x${box.height} pixels is not inside the image ` +
          `(${BOX_IMAGE_SIZE}x${BOX_IMAGE_SIZE})`,
      );
    }
    return box;
  });
}

function isInside({ x, y, width, height }: Box): boolean {
  return x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= BOX_IMAGE_SIZE &&
    y + height <= BOX_IMAGE_SIZE;
}
