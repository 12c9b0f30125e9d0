/// <reference lib="dom" />
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { tf } from "../../tensorflow/mod.ts";
import type { BackendName } from "./backend_names.ts";
import { codecBytes } from "./embedded_files.ts";

/** How WebGL calls a renderer that is none but the processor. */
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

/**
 * The backends, the fastest first. WebGL that the processor draws was measured to start five times, and to score two times,
 * slower than WebAssembly.
 */
export function backendsByLikelySpeed(): BackendName[] {
  return isWebglInSoftware() ? ["webgpu", "wasm", "webgl", "cpu"] : ["webgpu", "webgl", "wasm", "cpu"];
}

function isWebglInSoftware(): boolean {
  const context = new OffscreenCanvas(1, 1).getContext("webgl2");
  const info = context?.getExtension("WEBGL_debug_renderer_info");
  const renderer = info ? String(context!.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return SOFTWARE.test(renderer);
}

/** The file that the page carries; every browser in use can run it, and threads would want headers of a server. */
const WASM_FILE = "tfjs-backend-wasm-simd.wasm";

/** The files that TensorFlow.js may ask for. */
const WASM_NAMES = ["tfjs-backend-wasm.wasm", WASM_FILE, "tfjs-backend-wasm-threaded-simd.wasm"];

/**
 * Makes TensorFlow.js compute with a backend from now on.
 *
 * @returns Whether the browser has it.
 */
export async function useBackend(name: BackendName): Promise<boolean> {
  if (name === "wasm") embedWasm();
  if (name === "webgpu" && !await hasGpu()) return false;
  try {
    return await tf.setBackend(name);
  } catch {
    return false;
  }
}

/** Whether the browser lets pages compute on a graphics card. */
async function hasGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
  return gpu !== undefined && await gpu.requestAdapter().catch(() => null) !== null;
}

/** Hands out the WebAssembly that the page carries where TensorFlow.js would fetch it: the page opens no connection. */
function embedWasm(): void {
  setWasmPaths(Object.fromEntries(WASM_NAMES.map((name) => [name, WASM_FILE])), true);
  const platform = tf.env().platform;
  platform.fetch = (path) => Promise.resolve(new Response(codecBytes(path)));
}
