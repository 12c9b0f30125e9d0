import { join } from "node:path";
import protobuf from "protobufjs/minimal.js";
import { writeAllAt } from "./system_error.ts";
import { namesIn } from "./draft_folder.ts";
import { nested, tag } from "./protobuf.ts";
import { readRegular } from "./regular_file.ts";

/** A file of events in TensorBoard's format, to which events are added as they happen. */
export interface EventFile extends Disposable {
  /** Adds numbers by name, such as `loss/training`; those that are null or no number are left out. */
  scalars(step: number, values: Readonly<Record<string, number | null>>): void;
  /** Adds a picture: the bytes of a PNG. */
  image(step: number, name: string, png: Uint8Array): void;
  /** Adds what the hyperparameter page compares sessions by. */
  hyperparameters(group: string, values: Readonly<Record<string, string | number | boolean>>): void;
}

/** The name of the plugin that shows hyperparameters, and the tag that a session begins with. */
const HPARAMS = { plugin: "hparams", tag: "_hparams_/session_start_info" };

const FLOAT = 1;

/**
 * Begins a new file of events in a folder; TensorBoard takes all files of a folder together. The format is that of
 * TensorFlow's `event.proto` and `summary.proto`, in TFRecord frames with masked CRC-32C.
 *
 * @param now The time in milliseconds, asked for each event.
 * @throws What the file system throws, with `path` added to it, where an event cannot be written, such as on a full disk.
 */
export function openEventFile(folder: string, now: () => number = Date.now): EventFile {
  Deno.mkdirSync(folder, { recursive: true });
  const path = join(folder, `events.out.tfevents.${Math.floor(now() / 1000)}.${Deno.pid}.thorax`);
  const file = Deno.openSync(path, { write: true, createNew: true });
  const add = (step: number, fill: (event: protobuf.Writer) => void) => {
    const event = protobuf.Writer.create().uint32(tag(1, 1)).double(now() / 1000);
    if (step > 0) event.uint32(tag(2, 0)).uint64(step);
    fill(event);
    writeAllAt(path, file, frame(event.finish()));
  };
  const addSummary = (step: number, fill: (summary: protobuf.Writer) => void) =>
    add(step, (event) => nested(event, 5, fill));
  add(0, (event) => event.uint32(tag(3, 2)).string("brain.Event:2"));
  return {
    scalars(step, values) {
      const defined = Object.entries(values).filter(([, value]) => value !== null && Number.isFinite(value));
      addSummary(step, (summary) => {
        for (const [name, value] of defined) {
          nested(summary, 1, (item) => item.uint32(tag(1, 2)).string(name).uint32(tag(2, 5)).float(value!));
        }
      });
    },
    image(step, name, png) {
      const header = new DataView(png.buffer, png.byteOffset);
      addSummary(step, (summary) =>
        nested(summary, 1, (item) => {
          item.uint32(tag(1, 2)).string(name);
          nested(item, 4, (image) => {
            image.uint32(tag(1, 0)).int32(header.getUint32(20)).uint32(tag(2, 0)).int32(header.getUint32(16));
            image.uint32(tag(3, 0)).int32(3).uint32(tag(4, 2)).bytes(png);
          });
        }));
    },
    hyperparameters(group, values) {
      const data = protobuf.Writer.create();
      nested(data, 3, (session) => {
        for (const [name, value] of Object.entries(values)) {
          nested(session, 1, (entry) => {
            entry.uint32(tag(1, 2)).string(name);
            nested(entry, 2, (written) => writeValue(written, value));
          });
        }
        session.uint32(tag(4, 2)).string(group).uint32(tag(5, 1)).double(now() / 1000);
      });
      addSummary(0, (summary) =>
        nested(summary, 1, (item) => {
          item.uint32(tag(1, 2)).string(HPARAMS.tag);
          nested(item, 8, (tensor) => nested(tensor.uint32(tag(1, 0)).int32(FLOAT), 2, () => {}));
          nested(item, 9, (metadata) =>
            nested(metadata, 1, (plugin) =>
              plugin.uint32(tag(1, 2)).string(HPARAMS.plugin).uint32(tag(2, 2)).bytes(data.finish())));
        }));
    },
    [Symbol.dispose]: () => file.close(),
  };
}

/** The paths of the files in a folder that `openEventFile` began; none where it is missing. */
export async function eventFilesIn(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => /^events\.out\.tfevents\.\d+\.\d+\.thorax$/.test(name))
    .sort().map((name) => join(folder, name));
}

/** Whether every event of a file has its checksum; the last may be cut short, as a killed process leaves it. */
export async function isSoundEventFile(file: string): Promise<boolean> {
  const bytes = await readRegular(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start + 12 <= bytes.length;) {
    if (maskedCrc(bytes.subarray(start, start + 8)) !== view.getUint32(start + 8, true)) return false;
    const end = start + 12 + Number(view.getBigUint64(start, true));
    if (end + 4 > bytes.length) return true;
    if (maskedCrc(bytes.subarray(start + 12, end)) !== view.getUint32(end, true)) return false;
    start = end + 4;
  }
  return true;
}

/** A `google.protobuf.Value`. */
function writeValue(writer: protobuf.Writer, value: string | number | boolean): void {
  if (typeof value === "number") writer.uint32(tag(2, 1)).double(value);
  else if (typeof value === "string") writer.uint32(tag(3, 2)).string(value);
  else writer.uint32(tag(4, 0)).bool(value);
}

/** A TFRecord: length, its checksum, the bytes, their checksum. */
function frame(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(bytes.length + 16);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedCrc(framed.subarray(0, 8)), true);
  framed.set(bytes, 12);
  view.setUint32(12 + bytes.length, maskedCrc(bytes), true);
  return framed;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ crc >>> 1 : crc >>> 1;
  return crc;
});

/** CRC-32C (RFC 3720), turned by 15 bits and shifted by a constant, as TFRecord files have it. */
function maskedCrc(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ crc >>> 8;
  crc = ~crc;
  return (crc >>> 15 | crc << 17) + 0xa282ead8 >>> 0;
}
