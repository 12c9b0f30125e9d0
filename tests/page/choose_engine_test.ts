import assert from "node:assert/strict";
import { toBase64 } from "../../lib/page/base64.ts";
import { chooseEngine } from "../../lib/page/browser/choose_engine.ts";
import type { BackendName } from "../../lib/page/browser/backend_names.ts";
import type { ImageScores } from "../../lib/page/browser/scorer.ts";
import type { PageData } from "../../lib/page/page_data.ts";

const LOGITS = [0.5, -2];
const MAP = [0, 0.25, 0.5, 1];

/** What a page stores of its self-test; nothing else of it is read here. */
const data = {
  selfTest: {
    pixels: toBase64(new Uint8Array([0, 255])),
    logits: LOGITS,
    label: 1,
    map: toBase64(new Uint8Array(Float32Array.from(MAP).buffer)),
  },
} as unknown as PageData;

/** What backends compute: all right, zeros everywhere, zeros for maps alone, or no numbers. */
const COMPUTED = {
  right: { logits: LOGITS, map: MAP },
  zeros: { logits: [0, 0], map: [0, 0, 0, 0] },
  "zero maps": { logits: LOGITS, map: [0, 0, 0, 0] },
  NaN: { logits: [NaN, NaN], map: MAP },
} as const;

/** Chooses among backends of which some are not there, some lie and some fail. */
async function choose(backends: Partial<Record<BackendName, keyof typeof COMPUTED | "absent" | "fails">>) {
  const names = Object.keys(backends) as BackendName[];
  let current: BackendName;
  let alive = 0;
  const engine = await chooseEngine(data, {
    names,
    use(name) {
      current = name;
      return Promise.resolve(backends[name] !== "absent");
    },
    make() {
      const kind = backends[current]!;
      alive++;
      return {
        score() {
          if (kind === "absent" || kind === "fails") return Promise.reject(new Error("device lost"));
          const { logits, map } = COMPUTED[kind];
          const maps = Float32Array.from([9, 9, 9, 9, ...map.map((value) => 3 * value)]);
          const scores: ImageScores = {
            logits: Float32Array.from(logits),
            features: new Float32Array(1),
            maps: { "grad-cam": maps, "grad-cam++": maps },
            side: 2,
          };
          return Promise.resolve(scores);
        },
        tensors: () => 0,
        dispose: () => void alive--,
      };
    },
  });
  assert.equal(alive, 1, "networks on backends that were not taken are disposed of");
  const { backend, hasMaps, notes } = engine;
  return { backend, hasMaps, notes };
}

Deno.test("a backend that is not there, fails or computes zeros is passed over, and the page can say so", async () => {
  assert.deepEqual(await choose({ webgpu: "right", webgl: "right" }), {
    backend: "webgpu",
    hasMaps: true,
    notes: [],
  });
  assert.deepEqual(await choose({ webgpu: "absent", webgl: "fails", wasm: "right" }), {
    backend: "wasm",
    hasMaps: true,
    notes: ["WebGPU is not there", "WebGL failed (device lost)"],
  });
  assert.deepEqual(await choose({ webgpu: "zeros", webgl: "NaN", wasm: "zero maps", cpu: "right" }), {
    backend: "cpu",
    hasMaps: true,
    notes: [
      "WebGPU computes wrong scores",
      "WebGL computes wrong scores",
      "WebAssembly computes wrong heat maps",
    ],
  });
});

Deno.test("where no backend has right heat maps, the first with right scores goes without them", async () => {
  assert.deepEqual(await choose({ webgpu: "zeros", wasm: "zero maps", cpu: "zero maps" }), {
    backend: "wasm",
    hasMaps: false,
    notes: [
      "WebGPU computes wrong scores",
      "WebAssembly computes wrong heat maps",
      "JavaScript computes wrong heat maps",
    ],
  });
  await assert.rejects(
    choose({ webgpu: "zeros", wasm: "absent" }),
    /cannot run the network: WebGPU computes wrong/,
  );
});
