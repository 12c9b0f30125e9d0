import { InputError } from "../../support/input_error.ts";

/**
 * Unpacks a frame in DICOM's run-length encoding (PS3.5, annex G): a header of 16 numbers, then up to 15 segments, each
 * a plane of bytes packed as PackBits does.
 *
 * @param bytes The frame's fragments, joined.
 * @param plane The number of bytes of a plane.
 * @returns The planes: of each sample the most significant byte first.
 * @throws {InputError} Where a segment is cut short.
 */
export function unpackRle(bytes: Uint8Array, plane: number): Uint8Array[] {
  if (bytes.length < 64) {
    throw new InputError("damaged or cut short (run-length encoding without its header)");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint32(0, true);
  if (count > 15) throw new InputError(`damaged: ${count} segments of run-length encoding`);
  return Array.from({ length: count }, (_, segment) => {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    return unpackBits(bytes.subarray(start, end), plane);
  });
}

/** Unpacks PackBits: a byte n of 0 to 127 before n + 1 bytes as they are, of 129 to 255 before one that stands 257 - n times. */
function unpackBits(packed: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  let done = 0;
  for (let at = 0; at < packed.length && done < length;) {
    const control = packed[at++]!;
    if (control < 128) {
      const literal = packed.subarray(at, at + Math.min(control + 1, length - done));
      result.set(literal, done);
      at += control + 1;
      done += literal.length;
    } else if (control > 128) {
      const end = Math.min(length, done + 257 - control);
      result.fill(packed[at++]!, done, end);
      done = end;
    }
  }
  if (done < length) throw new InputError("damaged or cut short (run-length encoding)");
  return result;
}
