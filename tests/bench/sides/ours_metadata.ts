/** Our side of reading, undersampling and splitting the NIH's metadata. */
import { readMetadata } from "../../../lib/dataset/metadata.ts";
import { splitByImage } from "../../../lib/dataset/split.ts";
import { undersample } from "../../../lib/dataset/undersample.ts";
import { answerCommands } from "./_commands.ts";

await answerCommands({
  async split({ file }) {
    const start = performance.now();
    splitByImage(undersample(await readMetadata(file as string), { keepNormal: 0.2 }), { seed: 1 });
    return (performance.now() - start) / 1000;
  },
});
