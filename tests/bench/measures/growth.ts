import { alternate, type Measure } from "../measure.ts";
import { openKeras, openOurs } from "../network_sides.ts";
import { madeFolder, startOurs } from "../peers.ts";
import { preparePngs } from "../prepared.ts";
import { compare, type Result } from "../result.ts";

/** The network that grows in one thing at a time. */
const START = { depth: 29, size: 64, batch: 16 };

const SERIES = [
  { of: "pixels", shapes: [32, 64, 96, 128, 192].map((size) => ({ ...START, size })) },
  { of: "batch", shapes: [8, 16, 32, 64].map((batch) => ({ ...START, batch })) },
  { of: "depth", shapes: [11, 29, 56, 110].map((depth) => ({ ...START, depth })) },
];

const IMAGES = [1000, 4000, 16_000];

const ROWS = [10_000, 100_000, 1_000_000];

/** How time and memory grow with the network and its images. */
export const GROWTH: Measure = {
  name: "growth",
  description: "how time and memory grow with pixels, batch, depth, images and rows of tables",
  async run({ rounds, seconds }) {
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
    return [...results, ...await growthOfImages(), ...await growthOfRows()];
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

/** Tables of more and more images: a split by patient, metrics with their report, ten times as many rows of predictions. */
async function growthOfRows(): Promise<Result[]> {
  const costs: Record<string, { seconds: number; memory: number }[]> = {};
  for (const rows of ROWS) {
    const dir = madeFolder(`generated-${rows}`);
    {
      await using side = startOurs("ours_many_rows");
      await side.ask({ do: "generate", dir, images: rows });
    }
    for (const task of ["split", "metrics", "predictions"]) {
      await using side = startOurs("ours_many_rows");
      (costs[task] ??= []).push(await side.ask({ do: task, dir, rows: 10 * rows }));
    }
    await Deno.remove(dir, { recursive: true });
  }
  return Object.entries(costs).flatMap(([task, ofTask]) =>
    ROWS.flatMap((rows, i) => {
      const factor = task === "predictions" ? 10 : 1;
      const what = `growth of rows: ${task} of ${factor * rows}`;
      const peer = `ours with ${factor * ROWS[0]!}`;
      return (["seconds", "memory"] as const).map((unit) =>
        compare(unit === "seconds" ? what : `${what}, memory`, {
          unit: unit === "seconds" ? "s" : "MB",
          ours: ofTask[i]![unit],
          peer,
          peerValue: ofTask[0]![unit],
        })
      );
    })
  );
}
