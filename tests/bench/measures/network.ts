import type { Instructions } from "../instructions.ts";
import { alternate, type Bench, type Measure } from "../measure.ts";
import {
  type NetworkPeer,
  openKeras,
  openOnnx,
  openOurs,
  openTfjs,
  openTorch,
  type Precision,
} from "../network_sides.ts";
import { compare, type Result } from "../result.ts";
import type { Side } from "../side.ts";

/** Square images of a size in pixels, in batches of a size, and the instructions that may be used on them. */
export interface BatchShape {
  size: number;
  batch: number;
  /** Default: `all`. */
  instructions?: Instructions;
}

/** A peer that Thorax is set beside. */
interface Peer extends NetworkPeer {
  /** A step of training, a batch's inference, or the prediction of eight batches. */
  command: "train" | "infer" | "predict";
  /** Which of Thorax', at the same command, it is set beside. */
  beside: readonly Precision[];
}

const DEPTH = 56;
const PRECISIONS = ["float32", "bfloat16"] as const;

/** Training steps of ResNet-56 v2. */
export function trainingMeasure(shape: BatchShape): Measure {
  return networkMeasure("training", shape);
}

/** Inference with ResNet-56 v2. */
export function inferenceMeasure(shape: BatchShape): Measure {
  return networkMeasure("inference", shape);
}

function networkMeasure(work: "training" | "inference", shape: BatchShape): Measure {
  const { size, batch, instructions = "all" } = shape;
  const name = `${work} ${size}x${size} batch ${batch}`;
  return {
    name: `${work}-${size}${instructions === "all" ? "" : "-avx2"}`,
    description: `${name}, ResNet-56 v2${instructions === "all" ? "" : ", with AVX-512 switched off"}`,
    instructions,
    async run(bench) {
      await using sides = new AsyncDisposableStack();
      const ours = new Map<Precision, Side>();
      for (const precision of precisionsFor(instructions)) {
        const side = await openOurs({ depth: DEPTH, ...shape }, { precision, instructions });
        ours.set(precision, sides.use(side));
      }
      const peers = await openPeers(work, { shape, bench, sides });
      const own = precisionsFor(instructions).flatMap((precision) => {
        const commands = peers.filter(({ beside }) => beside.includes(precision)).map(({ command }) =>
          command
        );
        return [...new Set(commands)].map((command) => ({ side: ours.get(precision)!, command, precision }));
      });
      const turns = [...own, ...peers];
      for (const { side, command } of turns) await side.ask({ do: command, seconds: 0 });
      const rates = await alternate(
        bench.rounds,
        turns.map(({ side, command }) => () => side.ask<number>({ do: command, seconds: bench.seconds })),
      );
      return own.flatMap(({ command, precision }, i): Result[] =>
        peers.flatMap((peer, j) => {
          if (peer.command !== command || !peer.beside.includes(precision)) return [];
          return compare(precision === "float32" ? name : `${name} ${precision}`, {
            unit: "images/s",
            ours: rates[i]!,
            peer: peer.name,
            peerValue: rates[own.length + j]!,
            instructions,
          });
        })
      );
    },
  };
}

/** Without AVX-512, bfloat16 is emulated: eight times slower than float32, and refused by oneDNN where it is held to AVX2. */
function precisionsFor(instructions: Instructions): readonly Precision[] {
  return instructions === "all" ? PRECISIONS : ["float32"];
}

interface PeerOptions {
  shape: BatchShape;
  bench: Bench;
  sides: AsyncDisposableStack;
}

async function openPeers(work: "training" | "inference", options: PeerOptions): Promise<Peer[]> {
  const { shape: { instructions = "all", ...shape }, bench, sides } = options;
  const network = { depth: DEPTH, ...shape };
  const precisions = precisionsFor(instructions);
  const command = work === "training" ? "train" : "infer";
  const peers: Peer[] = [];
  function add(peer: NetworkPeer, beside: readonly Precision[], method = ""): void {
    sides.use(peer.side);
    peers.push({ ...peer, name: `${peer.name}${method}`, command, beside });
  }

  const keras = await openKeras(network, { instructions });
  if (work === "training") add(keras, precisions, " train_on_batch");
  else {
    add(keras, precisions, " predict_on_batch");
    peers.push({ ...keras, name: `${keras.name} predict`, command: "predict", beside: ["float32"] });
  }
  if (instructions === "all") {
    add(await openKeras(network, { precision: "bfloat16" }), ["bfloat16"], " mixed_bfloat16");
  } else {
    add(await openKeras(network, { instructions, oneDnn: true }), ["float32"], ", oneDNN switched on");
  }
  // Stock TensorFlow.js takes five seconds a step, so it is measured with small images only.
  if (shape.size === 64) add(await openTfjs(network, { instructions, note: bench.note }), ["float32"]);
  if (work === "inference") {
    // ONNX Runtime cannot be kept to AVX2.
    if (instructions === "all") add(await openOnnx(network, { engine: "onnxruntime" }), ["float32"]);
    for (const precision of precisions) {
      add(await openOnnx(network, { engine: "openvino", precision, instructions }), [precision]);
    }
  }
  if (bench.torch) {
    for (const precision of precisions) {
      for (const compile of [false, true]) {
        add(await openTorch(network, { precision, instructions, compile }), [precision]);
      }
    }
  }
  return peers;
}
