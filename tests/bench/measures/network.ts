import { alternate, type Bench, type Measure } from "../measure.ts";
import { openKeras, openOurs, openTfjs, openTorch, type Precision } from "../network_sides.ts";
import { compare, type Result } from "../result.ts";
import type { Side } from "../side.ts";

/** Square images of a size in pixels, in batches of a size. */
export interface BatchShape {
  size: number;
  batch: number;
}

/** A peer that ours is set beside. */
interface Peer {
  name: string;
  side: Side;
  /** A step of training, a batch's inference, or the prediction of eight batches. */
  command: "train" | "infer" | "predict";
  /** Which of ours, at the same command, it is set beside. */
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
  const { size, batch } = shape;
  const name = `${work} ${size}x${size} batch ${batch}`;
  return {
    name: `${work}-${size}`,
    description: `${name}, ResNet-56 v2`,
    async run(bench) {
      await using sides = new AsyncDisposableStack();
      const ours = new Map<Precision, Side>();
      for (const precision of PRECISIONS) {
        ours.set(precision, sides.use(await openOurs({ depth: DEPTH, ...shape }, precision)));
      }
      const peers = await openPeers(work, { shape, bench, sides });
      const own = PRECISIONS.flatMap((precision) => {
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
          });
        })
      );
    },
  };
}

async function openPeers(
  work: "training" | "inference",
  { shape, bench, sides }: { shape: BatchShape; bench: Bench; sides: AsyncDisposableStack },
): Promise<Peer[]> {
  const network = { depth: DEPTH, ...shape };
  const command = work === "training" ? "train" : "infer";
  const peers: Peer[] = [];
  const { name, side } = await openKeras(network, "float32");
  sides.use(side);
  if (work === "training") {
    peers.push({ name: `${name} train_on_batch`, side, command, beside: PRECISIONS });
  } else {
    peers.push({ name: `${name} predict_on_batch`, side, command, beside: PRECISIONS });
    peers.push({ name: `${name} predict`, side, command: "predict", beside: ["float32"] });
  }
  const mixed = await openKeras(network, "bfloat16");
  sides.use(mixed.side);
  peers.push({ name: `${name} mixed_bfloat16`, side: mixed.side, command, beside: ["bfloat16"] });
  // Stock TensorFlow.js takes five seconds a step, so it is measured with small images only.
  if (shape.size === 64) {
    const tfjs = await openTfjs(network, bench.note);
    sides.use(tfjs.side);
    peers.push({ ...tfjs, command, beside: ["float32"] });
  }
  if (bench.torch) {
    for (const precision of PRECISIONS) {
      for (const compile of [false, true]) {
        const torch = await openTorch(network, { precision, compile });
        sides.use(torch.side);
        peers.push({ ...torch, command, beside: [precision] });
      }
    }
  }
  return peers;
}
