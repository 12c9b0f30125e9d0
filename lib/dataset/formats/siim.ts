import { InputError } from "../../support/input_error.ts";
import { quote } from "../../support/printable.ts";
import { type Box, BOX_IMAGE_SIZE } from "../box.ts";
import { plainEntry } from "../entry.ts";
import { readTable } from "../read_table.ts";
import { mapRows } from "../table_cells.ts";
import { locateImages } from "./_locate_images.ts";
import { findTable } from "./_find_table.ts";
import type { Format } from "./_format.ts";
import { findTables } from "./_listing.ts";

const COLUMNS = ["ImageId", "EncodedPixels"];
const FINDING = "Pneumothorax";

/** The SIIM-ACR pneumothorax segmentation challenge (2019): images of the NIH's with masks of pneumothoraces. */
export const siim: Format = {
  title: "SIIM-ACR pneumothorax",
  needs: `train-rle.csv (columns ${
    COLUMNS.join(", ")
  }; a row a mask, or -1); images by ImageId, at any depth`,
  recognises: (listing) => findTables(listing, COLUMNS).length > 0,
  async read({ data }) {
    const { dir, table } = await findTable(data, { ...siim, columns: COLUMNS });
    const { csv, columns } = await readTable(table, { image: "ImageId", mask: "EncodedPixels" });
    const positive = new Map<string, boolean>();
    const boxes: Box[] = [];
    mapRows(csv, (row) => {
      const [image, mask] = [row[columns.image]!, row[columns.mask]!];
      if (image === "") throw new InputError("no ImageId");
      positive.set(image, mask !== "-1" || positive.get(image) === true);
      if (mask !== "-1") boxes.push({ image, label: FINDING, ...boundsOf(mask) });
    });
    const entries = [...positive].map(([image, has]) => plainEntry(image, has ? [FINDING] : []));
    return {
      dir,
      table,
      findings: [FINDING],
      entries,
      boxes,
      official: null,
      hasPatients: false,
      notes: ["A bounding box is what a mask reaches over; which images are of one person is not said."],
      findImages: () => locateImages(dir, entries),
    };
  },
};

/**
 * The bounds of a mask of 1024x1024 pixels: pairs of how many pixels are left out since the last run and how long the
 * run is, down column after column.
 */
function boundsOf(mask: string): Pick<Box, "x" | "y" | "width" | "height"> {
  const numbers = mask.split(" ").map(Number);
  const pixels = BOX_IMAGE_SIZE ** 2;
  if (numbers.length % 2 !== 0 || !numbers.every((value) => Number.isInteger(value) && value >= 0)) {
    throw new InputError(`mask ${quote(mask)} is not pairs of whole numbers`);
  }
  const columns = { first: Infinity, last: -Infinity };
  const rows = { first: Infinity, last: -Infinity };
  let at = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const start = at + numbers[i]!;
    const end = start + numbers[i + 1]!;
    if (end > pixels || end === start) {
      throw new InputError(`mask ${quote(mask)} does not fit 1024x1024 pixels`);
    }
    const [from, to] = [start, end - 1].map((pixel) => Math.floor(pixel / BOX_IMAGE_SIZE)) as [
      number,
      number,
    ];
    columns.first = Math.min(columns.first, from);
    columns.last = Math.max(columns.last, to);
    rows.first = Math.min(rows.first, from === to ? start % BOX_IMAGE_SIZE : 0);
    rows.last = Math.max(rows.last, from === to ? (end - 1) % BOX_IMAGE_SIZE : BOX_IMAGE_SIZE - 1);
    at = end;
  }
  return {
    x: columns.first,
    y: rows.first,
    width: columns.last - columns.first + 1,
    height: rows.last - rows.first + 1,
  };
}
