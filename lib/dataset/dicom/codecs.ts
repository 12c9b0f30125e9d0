import { InputError } from "../../support/input_error.ts";

/** What a compressed frame becomes. */
export interface DecodedFrame {
  width: number;
  height: number;
  /** Values a pixel, interleaved. */
  samples: number;
  /** 8 or 16 bits a value; of signed values the two's complement. */
  values: Uint8Array | Uint16Array;
}

/** The codecs' WebAssembly, for pages; in Deno it lies beside their JavaScript. */
export interface CodecOptions {
  /** Gives the bytes of a file such as `openjpegwasm_decode.wasm`. */
  codecBytes?: ((file: string) => Uint8Array) | undefined;
}

/** Decodes a compressed frame. */
export type Codec = (frame: Uint8Array, options: CodecOptions) => Promise<DecodedFrame>;

/** The decoders of one of Cornerstone's codecs, which are C++ libraries as WebAssembly; they live until `delete`. */
interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  decode(): void;
  delete(): void;
}

type WasmModule = Record<string, new () => WasmDecoder>;
type WasmFactory = (options: object) => Promise<WasmModule>;

/** By libjpeg-turbo. */
const jpegOf8Bits = wasmCodec(
  "JPEGDecoder",
  "libjpegturbowasm_decode.wasm",
  async () => (await import("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs")).default,
);

/** JPEG-LS, by CharLS. */
const jpegLs = wasmCodec(
  "JpegLSDecoder",
  "charlswasm_decode.wasm",
  async () => (await import("@cornerstonejs/codec-charls/decodewasmjs")).default,
);

/** JPEG 2000, by OpenJPEG; colours that were transformed become RGB. */
const jpeg2000 = wasmCodec(
  "J2KDecoder",
  "openjpegwasm_decode.wasm",
  async () => (await import("@cornerstonejs/codec-openjpeg/decodewasmjs")).default,
);

/** The decoder of each transfer syntax that compresses by an image format, by its UID. */
export const CODECS: ReadonlyMap<string, Codec> = new Map([
  ["1.2.840.10008.1.2.4.50", jpeg],
  ["1.2.840.10008.1.2.4.51", jpeg],
  ["1.2.840.10008.1.2.4.57", losslessJpeg],
  ["1.2.840.10008.1.2.4.70", losslessJpeg],
  ["1.2.840.10008.1.2.4.80", jpegLs],
  ["1.2.840.10008.1.2.4.81", jpegLs],
  ["1.2.840.10008.1.2.4.90", jpeg2000],
  ["1.2.840.10008.1.2.4.91", jpeg2000],
]);

/** Makes a codec of a WebAssembly module, which is loaded at the first frame. */
function wasmCodec(name: string, file: string, load: () => Promise<WasmFactory>): Codec {
  let module: Promise<WasmModule> | undefined;
  return async (frame, { codecBytes }) => {
    const silence = { print() {}, printErr() {} };
    module ??= load().then((make) =>
      make({ ...silence, ...(codecBytes ? { wasmBinary: codecBytes(file) } : {}) })
    );
    const decoder = new (await module)[name]!();
    try {
      decoder.getEncodedBuffer(frame.length).set(frame);
      decoder.decode();
      const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
      const bytes = decoder.getDecodedBuffer().slice();
      const values = bitsPerSample > 8 ? new Uint16Array(bytes.buffer) : bytes;
      decoder.delete();
      return { width, height, samples: componentCount, values };
    } catch (error) {
      // A module that has aborted cannot be used again.
      module = undefined;
      throw damaged(error);
    }
  };
}

/** JPEG of 8 bits; colours become RGB. */
function jpeg(frame: Uint8Array, options: CodecOptions): Promise<DecodedFrame> {
  const bits = bitsOfJpeg(frame);
  if (bits !== 8) {
    throw new InputError(`JPEG of ${bits} bits a value, which is not read, only lossless JPEG is`);
  }
  return jpegOf8Bits(frame, options);
}

/** The bits a value that a JPEG's frame header says (ITU-T T.81, B.2.2); 8 where none is found. */
function bitsOfJpeg(frame: Uint8Array): number {
  for (let at = 2; at + 4 < frame.length;) {
    const marker = frame[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return frame[at + 4]!;
    at += 2 + (frame[at + 2]! << 8 | frame[at + 3]!);
  }
  return 8;
}

/** Lossless JPEG of 8 to 16 bits (processes 14 and its first selection value). */
async function losslessJpeg(frame: Uint8Array): Promise<DecodedFrame> {
  const { Decoder } = await import("jpeg-lossless-decoder-js");
  try {
    const decoder = new Decoder();
    const { buffer, byteOffset, length } = frame;
    const values = decoder.decode(buffer as ArrayBuffer, byteOffset, length) as Uint8Array | Uint16Array;
    const { dimX: width, dimY: height } = decoder.frame;
    return { width, height, samples: values.length / (width * height), values };
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(error: unknown): InputError {
  const reason = error instanceof Error ? error.message : typeof error === "string" ? error : "";
  return new InputError(`damaged: its pixels cannot be decompressed${reason === "" ? "" : ` (${reason})`}`);
}
