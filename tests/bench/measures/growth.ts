import { alternate, type Measure } from "../measure.ts";
import { openKeras, openOurs } from "../network_sides.ts";
import { startOurs } from "../peers.ts";
import { preparePngs } from "../prepared.ts";
import { compare, type Result } from "../result.ts";
import { growthOfRows } from "./growth_of_rows.ts";

/** The network that grows in one thing at a time. */
const START = { depth: 29, size: 64, batch: 16 };

const SERIES = [
  { of: "pixels", shapes: [32, 64, 96, 128, 192].map((size) => ({ ...START, size })) },
  { of: "batch", shapes: [8, 16, 32, 64].map((batch) => ({ ...START, batch })) },
  { of: "depth", shapes: [11, 29, 56, 110].map((depth) => ({ ...START, depth })) },
];

const IMAGES = [1000, 4000, 16_000];

/** How time and memory grow with the network and its images. */
export const GROWTH: Measure = {
  name: "growth",
  description: "how time and memory grow with pixels, batch, depth, images and rows of tables",
  async run({ rounds, seconds, note }) {
    const results: Result[] = [];
    for (const { of, shapes } of SERIES) {
      for (const shape of shapes) {
        const { size, batch, depth } = shape;
        await using ours = await openOurs(shape);
        const { name, side } = await openKeras(shape);
        await using keras = side;
        const [own, peer] = [ours, keras].map((side) => () => side.ask<number>({ do: "train", seconds }));
        await ours.ask({ do: "train", seconds: 0 });
        await keras.ask({ do: "train", seconds: 0 });
        const [ownRate, kerasRate] = await alternate(Math.min(rounds, 3), [own!, peer!]);
        const what = `growth of ${of}: ResNet-${depth} ${size}x${size} batch ${batch}`;
        results.push(
          compare(what, {
            unit: "images/s",
            ours: ownRate!,
            peer: `${name} train_on_batch`,
            peerValue: kerasRate!,
          }),
          compare(`${what}, memory`, {
            unit: "MB",
            ours: await ours.ask({ do: "memory" }),
            peer: `${name} train_on_batch`,
            peerValue: await keras.ask({ do: "memory" }),
          }),
        );
      }
    }
    return [...results, ...await growthOfImages(), ...await growthOfRows(note)];
  },
};

/** An epoch over more and more images in the cache; the fewest stand for the peer. */
async function growthOfImages(): Promise<Result[]> {
  const paths = await preparePngs({ images: 800, size: 64 });
  const epochs: { rate: number; memory: number }[] = [];
  for (const images of IMAGES) {
    await using side = startOurs("ours_many_images");
    epochs.push(await side.ask({ do: "epoch", paths, images }));
  }
  const [fewest] = epochs;
  return IMAGES.flatMap((images, i) => {
    const what = `growth of images: an epoch of ${images}`;
    const peer = `ours with ${IMAGES[0]}`;
    return [
      compare(what, { unit: "images/s", ours: epochs[i]!.rate, peer, peerValue: fewest!.rate }),
      compare(`${what}, memory`, { unit: "MB", ours: epochs[i]!.memory, peer, peerValue: fewest!.memory }),
    ];
  });
}
