import { interleave, type Measure } from "../measure.ts";
import { type NetworkPeer, openKeras, openOnnx, openOurs, openTorch } from "../network_sides.ts";
import { compare, median } from "../result.ts";
import type { Side } from "../side.ts";

const SHAPE = { depth: 56, size: 64, batch: 1 };

/** How long an image alone takes: half of them no longer than p50, 95 % no longer than p95. */
interface Latency {
  p50: number;
  p95: number;
}

/** The time that one image alone takes. */
export const ONE_IMAGE: Measure = {
  name: "one-image",
  description: "the time that one image of 64x64 alone takes, ResNet-56 v2",
  async run({ rounds, seconds, torch }) {
    await using sides = new AsyncDisposableStack();
    const ours = sides.use(await openOurs(SHAPE));
    const peers: NetworkPeer[] = [
      await openKeras(SHAPE),
      await openOnnx(SHAPE, { engine: "onnxruntime" }),
      await openOnnx(SHAPE, { engine: "openvino" }),
      ...(torch
        ? [await openTorch(SHAPE, { compile: false }), await openTorch(SHAPE, { compile: true })]
        : []),
    ];
    for (const { side } of peers) sides.use(side);
    const all = [ours, ...peers.map(({ side }) => side)];
    const ask = (side: Side, seconds: number) => side.ask<Latency>({ do: "latency", seconds });
    for (const side of all) await ask(side, 0);
    const found = await interleave(rounds, all.map((side) => () => ask(side, seconds)));
    const [own, ...others] = found.map((each) => ({
      p50: median(each.map(({ p50 }) => p50)),
      p95: median(each.map(({ p95 }) => p95)),
    }));
    return (["p50", "p95"] as const).flatMap((which) =>
      peers.map(({ name }, i) =>
        compare(`one image 64x64, ${which}`, {
          unit: "ms",
          ours: own![which],
          peer: name,
          peerValue: others[i]![which],
        })
      )
    );
  },
};
