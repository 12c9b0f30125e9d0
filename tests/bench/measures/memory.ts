import type { Bench, Measure } from "../measure.ts";
import { openKeras, openOurs } from "../network_sides.ts";
import { compare, type Result } from "../result.ts";
import type { Side } from "../side.ts";

const SHAPES = [{ depth: 56, size: 64, batch: 32 }, { depth: 56, size: 128, batch: 16 }];

/** The most memory that a process has while it trains. */
export const MEMORY: Measure = {
  name: "memory",
  description: "the most memory that a process has while it trains ResNet-56 v2",
  async run(bench) {
    const results: Result[] = [];
    for (const shape of SHAPES) {
      const { size, batch } = shape;
      await using ours = await openOurs(shape);
      await using keras = (await openKeras(shape)).side;
      results.push(compare(`peak memory, training ${size}x${size} batch ${batch}`, {
        unit: "MB",
        ours: await peak(ours, bench),
        peer: "Keras train_on_batch",
        peerValue: await peak(keras, bench),
      }));
    }
    return results;
  },
};

async function peak(side: Side, { seconds }: Bench): Promise<number> {
  await side.ask({ do: "train", seconds: 2 * seconds });
  return await side.ask({ do: "memory" });
}
