/** What a DICOM file says beside its pixels. */
export interface DicomTagTexts {
  patient: string;
  /** Such as `063Y`. */
  age: string;
  sex: "F" | "M";
  view: "AP" | "PA";
}

/** The file of an uncompressed grey DICOM image of 12 bits (explicit little endian, MONOCHROME2). */
export function dicomFile(
  pixels: Uint16Array,
  { width, height, patient, age, sex, view }: DicomTagTexts & { width: number; height: number },
): Uint8Array {
  const text = (tag: number, kind: string, value: string) =>
    element(tag, kind, new TextEncoder().encode(value.length % 2 === 0 ? value : `${value} `));
  const number = (tag: number, value: number) =>
    element(tag, "US", new Uint8Array(Uint16Array.of(value).buffer));
  const syntax = element(0x00020010, "UI", new TextEncoder().encode("1.2.840.10008.1.2.1\0"));
  return joined([
    new Uint8Array(128),
    new TextEncoder().encode("DICM"),
    element(0x00020000, "UL", new Uint8Array(Uint32Array.of(syntax.length).buffer)),
    syntax,
    text(0x00080060, "CS", "DX"),
    text(0x00100020, "LO", patient),
    text(0x00100040, "CS", sex),
    text(0x00101010, "AS", age),
    text(0x00180015, "CS", "CHEST"),
    text(0x00185101, "CS", view),
    number(0x00280002, 1),
    text(0x00280004, "CS", "MONOCHROME2"),
    number(0x00280010, height),
    number(0x00280011, width),
    number(0x00280100, 16),
    number(0x00280101, 12),
    number(0x00280102, 11),
    number(0x00280103, 0),
    element(0x7fe00010, "OW", new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)),
  ]);
}

/** An element (PS3.5, 7.1.2): its tag, its value representation, its length and its value. */
function element(tag: number, kind: string, value: Uint8Array): Uint8Array {
  const isLong = kind === "OW";
  const head = new DataView(new ArrayBuffer(isLong ? 12 : 8));
  head.setUint16(0, tag >>> 16, true);
  head.setUint16(2, tag & 0xffff, true);
  head.setUint8(4, kind.charCodeAt(0));
  head.setUint8(5, kind.charCodeAt(1));
  if (isLong) head.setUint32(8, value.length, true);
  else head.setUint16(6, value.length, true);
  return joined([new Uint8Array(head.buffer), value]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
