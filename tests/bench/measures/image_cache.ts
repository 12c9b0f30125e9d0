import { InputError } from "../../../lib/support/input_error.ts";
import { alternate, type Measure } from "../measure.ts";
import { startOurs, startPython } from "../peers.ts";
import { pngsIn, preparePngs } from "../prepared.ts";
import { compare } from "../result.ts";

const IMAGES = 512;
const SIZE = 128;

/** Decoding PNGs of 1024x1024 into the image cache. */
export const IMAGE_CACHE: Measure = {
  name: "image-cache",
  description: "decoding PNGs of 1024x1024 into the image cache",
  async run({ rounds, images }) {
    const pngs = images === null ? await preparePngs({ images: 32, size: 1024 }) : wholeXrays(images);
    const paths = Array.from({ length: IMAGES }, (_, i) => pngs[i % pngs.length]!);
    await using ours = startOurs("ours_image_cache");
    await using pillow = startPython("pillow_image_cache");
    await using tfData = startPython("tfdata_image_cache");
    const sides = [ours, pillow, tfData];
    const turns = sides.map((side) => () => side.ask<number>({ do: "build", paths, size: SIZE }));
    for (const turn of turns) await turn();
    const [own, ...others] = await alternate(rounds, turns);
    const names = [
      `Pillow ${await pillow.ask({ do: "version" })}, two threads`,
      `tf.data, TensorFlow ${await tfData.ask({ do: "version" })}`,
    ];
    const kind = images === null ? "phantom" : "X-ray";
    return names.map((peer, i) =>
      compare(`image cache ${SIZE}x${SIZE} from ${kind} PNGs`, {
        unit: "images/s",
        ours: IMAGES / own!,
        peer,
        peerValue: IMAGES / others[i]!,
      })
    );
  },
};

/** The PNGs of a folder that are as large as the NIH's. */
function wholeXrays(folder: string): string[] {
  const pngs = pngsIn(folder).filter((path) => {
    const header = new Uint8Array(24);
    using file = Deno.openSync(path);
    const view = new DataView(header.buffer);
    return file.readSync(header) === 24 && view.getUint32(16) === 1024 && view.getUint32(20) === 1024;
  });
  if (pngs.length === 0) throw new InputError(`${folder}: has no PNG of 1024x1024`);
  return pngs;
}
