import { InputError } from "../support/input_error.ts";
import { isNumber } from "../support/numbers.ts";
import { quote } from "../support/printable.ts";
import { type Box, BOX_IMAGE_SIZE } from "./box.ts";
import { baseName } from "./image_names.ts";
import { isNihFinding } from "./nih_findings.ts";
import { readTable } from "./read_table.ts";
import { mapRows } from "./table_cells.ts";

/**
 * Reads and checks the NIH's list of boxes (`BBox_List_2017.csv`, also as `.gz`), in the order of the file. Its
 * name for an infiltration, "Infiltrate", becomes the metadata's.
 *
 * @throws {InputError} When the file is no CSV, lacks a column, names an unknown label, or has a box that is not
 * four numbers or reaches out of the image.
 */
export async function readBoxes(file: string): Promise<Box[]> {
  const { csv, columns } = await readTable(file, {
    image: "Image Index",
    label: "Finding Label",
    x: "Bbox [x",
    y: "y",
    width: "w",
    height: "h]",
  }, { empty: true });
  return mapRows(csv, (row) => {
    const cell = (column: keyof typeof columns) => row[columns[column]]!;
    const image = baseName(cell("image"));
    if (image === "") throw new InputError("no image name");
    const label = cell("label") === "Infiltrate" ? "Infiltration" : cell("label");
    if (!isNihFinding(label)) throw new InputError(`unknown label ${quote(label)}`);
    return boxOf({ image, label, x: cell("x"), y: cell("y"), width: cell("width"), height: cell("height") });
  });
}

/**
 * A box from a table's cells.
 *
 * @throws {InputError} Where they are not four numbers, or reach out of the image.
 */
export function boxOf(
  cells: Pick<Box, "image" | "label"> & Record<"x" | "y" | "width" | "height", string>,
): Box {
  const number = (side: "x" | "y" | "width" | "height") => {
    if (!isNumber(cells[side])) throw new InputError(`${side} ${quote(cells[side])} is not a number`);
    return Number(cells[side]);
  };
  const { image, label } = cells;
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
      `the bounding box at ${box.x},${box.y} of ${box.width}x${box.height} pixels is not inside the image ` +
        `(${BOX_IMAGE_SIZE}x${BOX_IMAGE_SIZE})`,
    );
  }
  return box;
}

function isInside({ x, y, width, height }: Box): boolean {
  return x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= BOX_IMAGE_SIZE &&
    y + height <= BOX_IMAGE_SIZE;
}
