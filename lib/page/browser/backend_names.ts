/** What TensorFlow.js can compute with in a browser, the fastest first. */
export const BACKENDS = { webgpu: "WebGPU", webgl: "WebGL", wasm: "WebAssembly", cpu: "JavaScript" } as const;

/** One of {@linkcode BACKENDS}. */
export type BackendName = keyof typeof BACKENDS;
