import type { DataSet } from "dicom-parser";
import { InputError } from "../../support/input_error.ts";
import { openRegular, readRegular } from "../../support/regular_file.ts";
import { imageKind } from "../image_kind.ts";

/** How much of a file is read for its attributes; only of few are they longer. */
const HEADER_BYTES = 2 ** 16;

/** The attributes of a DICOM file in front of its pixels; null where it is none, or is damaged. */
export async function readDicomHeader(path: string): Promise<DataSet | null> {
  const start = new Uint8Array(HEADER_BYTES);
  try {
    using file = openRegular(path);
    const header = start.subarray(0, file.readSync(start) ?? 0);
    if (imageKind(header) !== "dicom") return null;
    const { parseDicomHeader } = await import("./parse_dicom.ts");
    try {
      return parseDicomHeader(header);
    } catch {
      return parseDicomHeader(await readRegular(path));
    }
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
