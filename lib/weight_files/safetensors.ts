import { Buffer } from "node:buffer";
import { createHash, type Hash } from "node:crypto";
import { InputError } from "../support/input_error.ts";
import { quote, quoteJson } from "../support/printable.ts";
import { checkJson } from "../support/read_json.ts";
import { openRegular } from "../support/regular_file.ts";
import { sha256 } from "../support/sha256.ts";
import { describeContent, DESCRIBED_BYTES } from "../support/describe_content.ts";
import {
  bytesOf,
  type Dtype,
  ELEMENT_ARRAYS,
  elementCount,
  isDtype,
  type StoredTensor,
  zeros,
} from "./stored_tensor.ts";

/** What a safetensors file holds. */
export interface Safetensors {
  /** The tensors by name, in the order of their bytes in the file. */
  tensors: Map<string, StoredTensor>;
  /** The texts of the file's `__metadata__`; empty where it has none. */
  metadata: Record<string, string>;
}

/** Options for {@linkcode safetensorsFile}. */
export interface SafetensorsFileOptions {
  /** Texts to keep beside the tensors, such as the network's name. */
  metadata?: Record<string, string>;
  /** Whether the metadata also say that Thorax wrote the file, and its checksum. Default: true. */
  checksum?: boolean;
}

interface Place {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

/** The largest header: a hundred times that of DenseNet-121. What JSON makes of a byte takes several in memory. */
const MAX_HEADER_BYTES = 10_000_000;
const MAX_BRACKETS = 300_000;
const DTYPES = Object.keys(ELEMENT_ARRAYS) as Dtype[];

/** The metadata's key of the SHA-256 of the whole file, in which its own 64 digits count as zeros. */
const CHECKSUM = "thorax_sha256";
const UNKNOWN_CHECKSUM = "0".repeat(64);

/** Said in the metadata of a file that has a checksum, so that a damaged key is no way past it. */
const WRITER = { writer: "Thorax" };

/**
 * Named tensors as a safetensors file (https://github.com/huggingface/safetensors). The same tensors give the same
 * bytes, whatever the order of the map: those of Python's `safetensors` package, which puts wider element types first
 * and sorts by name within a type.
 *
 * @example
 * ```ts
 * import { safetensorsFile } from "./safetensors.ts";
 * const bias = { dtype: "F32", shape: [3], data: Float32Array.of(1, 2, 3) } as const;
 * Deno.writeFileSync("bias.safetensors", safetensorsFile(new Map([["dense/bias", bias]]), { metadata: { epoch: "1" } }));
 * ```
 */
export function safetensorsFile(
  tensors: ReadonlyMap<string, StoredTensor>,
  { metadata = {}, checksum = true }: SafetensorsFileOptions = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(([a, { dtype: p }], [b, { dtype: q }]) =>
    DTYPES.indexOf(q) - DTYPES.indexOf(p) || compare(a, b)
  );
  const header: [string, unknown][] = [];
  const own = checksum ? { ...WRITER, [CHECKSUM]: UNKNOWN_CHECKSUM } : {};
  const texts = Object.entries({ ...metadata, ...own }).sort(([a], [b]) => compare(a, b));
  if (texts.length > 0) header.push(["__metadata__", Object.fromEntries(texts)]);
  let end = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    if (elementCount(shape) !== data.length) {
      throw new RangeError(`Tensor "${name}" of shape [${shape}] has ${data.length} elements`);
    }
    header.push([name, { dtype, shape, data_offsets: [end, end += data.byteLength] }]);
  }
  const json = header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",");
  const text = new TextEncoder().encode(`{${json}}`);
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 0, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let offset = start;
  for (const [, tensor] of sorted) {
    bytes.set(bytesOf(tensor), offset);
    offset += tensor.data.byteLength;
  }
  if (checksum) {
    const at = checksumPosition(bytes.subarray(0, start), UNKNOWN_CHECKSUM);
    bytes.set(new TextEncoder().encode(sha256(bytes)), at);
  }
  return bytes;
}

/** Where the digits of a checksum begin in the start of a file that ends with its header; -1 where they are not there. */
function checksumPosition(start: Uint8Array, digits: string): number {
  const key = `"${CHECKSUM}":"`;
  const at = Buffer.from(start.buffer, start.byteOffset, start.length).indexOf(`${key}${digits}"`);
  return at < 0 ? at : at + key.length;
}

/**
 * Reads a safetensors file. Everything that its header says is checked against the file's size before a tensor
 * is allocated.
 *
 * @throws {InputError} The file is missing, cut short, or not as its header or its checksum says.
 */
export async function readSafetensors(file: string): Promise<Safetensors> {
  using source = openRegular(file);
  const { size } = await source.stat();
  const start = await readBytes(source, Math.min(size, DESCRIBED_BYTES));
  if (size < 9 || start[8] !== "{".charCodeAt(0)) {
    throw new InputError(`${file}: cut short, or not a safetensors file but ${describeContent(start)}`);
  }
  const length = Number(new DataView(start.buffer).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > size) {
    throw new InputError(
      `${file}: cut short or not a safetensors file: a header of ${length} bytes does not fit into ${size} bytes`,
    );
  }
  await source.seek(8, Deno.SeekMode.Start);
  const header = await readBytes(source, length);
  const { places, metadata } = readHeader(file, header);
  checkPlaces(file, places, size - 8 - length);
  const hash = metadata.writer === WRITER.writer || CHECKSUM in metadata
    ? startHash(start.subarray(0, 8), header, metadata[CHECKSUM])
    : null;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape } of places) {
    const tensor = zeros(dtype, shape);
    const bytes = bytesOf(tensor);
    await readInto(source, bytes);
    hash?.update(bytes);
    tensors.set(name, tensor);
  }
  if (!hash) return { tensors, metadata };
  const { writer: _, [CHECKSUM]: checksum, ...others } = metadata;
  if (hash.digest("hex") !== checksum) {
    throw new InputError(`${file}: damaged: its content does not have the checksum that its header says`);
  }
  return { tensors, metadata: others };
}

/** Begins the checksum of a file with its length and its header, the digits of the checksum being zeros. */
function startHash(prefix: Uint8Array, header: Uint8Array, digits: string | undefined): Hash {
  const start = new Uint8Array([...prefix, ...header]);
  const at = digits?.length === UNKNOWN_CHECKSUM.length ? checksumPosition(start, digits) : -1;
  if (at >= 0) start.set(new TextEncoder().encode(UNKNOWN_CHECKSUM), at);
  return createHash("sha256").update(start);
}

/** Reads the header's JSON into places sorted by where their bytes begin. */
function readHeader(file: string, bytes: Uint8Array): { places: Place[]; metadata: Record<string, string> } {
  const brackets = bytes.reduce((count, byte) => byte === 0x5b || byte === 0x7b ? count + 1 : count, 0);
  if (brackets > MAX_BRACKETS) throw new InputError(`${file}: its header has ${brackets} lists and objects`);
  let [text, header]: [string, unknown] = ["", null];
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw new InputError(`${file}: not a safetensors file: its header is not JSON`);
  }
  checkJson(`${file}: header`, text);
  if (!isObject(header)) throw new InputError(`${file}: not a safetensors file: its header is not an object`);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || !Object.values(metadata).every((text) => typeof text === "string")) {
    throw new InputError(`${file}: the header's __metadata__ is not an object of texts`);
  }
  const places = Object.entries(entries).map(([name, entry]) => readPlace(file, name, entry));
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { places, metadata: metadata as Record<string, string> };
}

function readPlace(file: string, name: string, entry: unknown): Place {
  if (!isObject(entry)) throw new InputError(`${file}: tensor ${quote(name)} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) {
    throw new InputError(
      `${file}: tensor ${quote(name)} has the type ${quoteJson(dtype)}, which cannot be read`,
    );
  }
  if (!isSizes(shape)) {
    throw new InputError(
      `${file}: tensor ${quote(name)} has the shape ${quoteJson(shape)}, not a list of sizes`,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw new InputError(
      `${file}: tensor ${quote(name)} has the offsets ${quoteJson(offsets)}, not two numbers`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const wanted = elementCount(shape) * ELEMENT_ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (end - begin !== wanted) {
    throw new InputError(
      `${file}: tensor ${quote(name)} of type ${dtype} and shape [${shape}] needs ${wanted} bytes and has ${
        end - begin
      }`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function checkPlaces(file: string, places: readonly Place[], size: number): void {
  let end = 0;
  for (const place of places) {
    if (place.begin !== end) {
      throw new InputError(
        `${file}: tensor ${quote(place.name)} begins at byte ${place.begin} of the data, not at ${end}`,
      );
    }
    end = place.end;
  }
  if (end > size) {
    throw new InputError(`${file}: cut short: its tensors need ${end} bytes and it has ${size}`);
  }
  if (end < size) throw new InputError(`${file}: ${size - end} bytes after the last tensor`);
}

async function readBytes(source: Deno.FsFile, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await readInto(source, bytes);
  return bytes;
}

async function readInto(source: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const count = await source.read(bytes.subarray(done));
    if (count === null) throw new Deno.errors.UnexpectedEof("The file became shorter while it was read");
    done += count;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Orders texts as their UTF-8 bytes are ordered, for names in plain ASCII. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
