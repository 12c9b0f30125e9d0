/** What a JPEG says of its image before its pixels come. */
export interface JpegFrame {
  /** As it is stored, whatever its EXIF data say. */
  width: number;
  height: number;
  /** Whether the image's end is there; a file that was cut short has none. */
  hasEnd: boolean;
}

/** Reads a JPEG's frame header; null where it has none (ITU-T T.81, B.2.2). */
export function jpegFrame(bytes: Uint8Array): JpegFrame | null {
  const two = (at: number) => bytes[at]! << 8 | bytes[at + 1]!;
  for (let at = 2; at + 8 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) at++;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      // What lies before may have an end of its own: a thumbnail's.
      const end = bytes.lastIndexOf(0xd9);
      return { height: two(at + 5), width: two(at + 7), hasEnd: end > at && bytes[end - 1] === 0xff };
    } else at += 2 + two(at + 2);
  }
  return null;
}
