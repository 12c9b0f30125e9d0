import { gzipSync } from "fflate";
import { join } from "node:path";
import { PROJECT } from "../support/project.ts";
import { toBase64 } from "./base64.ts";
import type { PageData } from "./page_data.ts";

/** WebAssembly that a page carries, by package. */
const WASM = {
  "@tensorflow/tfjs-backend-wasm": "tfjs-backend-wasm-simd.wasm",
  "@cornerstonejs/codec-charls": "charlswasm_decode.wasm",
  "@cornerstonejs/codec-libjpeg-turbo-8bit": "libjpegturbowasm_decode.wasm",
  "@cornerstonejs/codec-openjpeg": "openjpegwasm_decode.wasm",
} as const;

/** Reads the WebAssembly of TensorFlow.js and of the DICOM decoders, as a page carries it. */
export async function wasmFiles(): Promise<PageData["files"]> {
  const files = await Promise.all(
    Object.entries(WASM).map(async ([name, file]) => {
      const bytes = await Deno.readFile(join(PROJECT, "node_modules", name, "dist", file));
      return [file, toBase64(gzipSync(bytes, { level: 9, mtime: 0 }))] as const;
    }),
  );
  return Object.fromEntries(files);
}
