import type { Measure } from "../measure.ts";
import { alternate } from "../measure.ts";
import { startOurs, startPython } from "../peers.ts";
import { prepareImages } from "../prepared.ts";
import { compare } from "../result.ts";
import type { Side, SideCommand } from "../side.ts";

const NETWORK = { depth: 56, batch: 32 };

/** The time from the start of a process to the end of its first training step, with the images in the cache. */
export const FIRST_STEP: Measure = {
  name: "first-step",
  description: "from a process' start to the end of its first training step",
  async run({ rounds }) {
    const { ours, peers } = await prepareImages({ images: 800, size: 64 });
    const [own, keras] = await alternate(Math.min(rounds, 3), [
      () => secondsOf(() => startOurs("ours_first_step"), { do: "step", ...NETWORK, ...ours }),
      () => secondsOf(() => startPython("keras_first_step"), { do: "step", ...NETWORK, cache: peers }),
    ]);
    return [compare("first step, process start included", {
      unit: "s",
      ours: own!,
      peer: "Keras train_on_batch",
      peerValue: keras!,
    })];
  },
};

async function secondsOf(start: () => Side, command: SideCommand): Promise<number> {
  const before = performance.now();
  await using side = start();
  await side.ask(command);
  return (performance.now() - before) / 1000;
}
