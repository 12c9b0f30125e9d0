/** Makes what is measured with: phantom images, and their cache. */
import { join } from "node:path";
import { NIH_FINDINGS } from "../../../lib/dataset/nih_findings.ts";
import { writePhantoms } from "../../../lib/phantom/write_phantoms.ts";
import { completeRun } from "../../../lib/runs/complete_run.ts";
import { checkSettings } from "../../../lib/training/settings.ts";
import { answerCommands } from "./_commands.ts";
import { type DataCommand, openData } from "./_training_data.ts";

/** A cache as the peers read it: uint8 [images, size, size] after a header, the training set first, then validation. */
export interface PreparedCache {
  file: string;
  /** The bytes before the first image. */
  header: number;
  size: number;
  training: number;
  validation: number;
  /** [training + validation, labels], 0 or 1. */
  truth: number[][];
}

async function openCache(command: DataCommand): Promise<PreparedCache> {
  const { cacheFolder, size } = command;
  await Deno.remove(cacheFolder, { recursive: true }).catch(() => {});
  using data = await openData(command);
  const { training, validation } = data.split;
  const [file] = [...Deno.readDirSync(cacheFolder)].map(({ name }) => join(cacheFolder, name));
  return {
    file: file!,
    header: Deno.statSync(file!).size - data.entries.length * size * size,
    size,
    training: training.length,
    validation: validation.length,
    truth: [...training, ...validation].map(({ labels }) =>
      NIH_FINDINGS.map((label) => Number(labels.includes(label)))
    ),
  };
}

await answerCommands({
  async draw({ folder, images, size }) {
    await writePhantoms(folder as string, { images: images as number, size: size as number });
  },
  async train({ folder: data, dir, depth, size }) {
    const settings = checkSettings({
      data,
      network: `resnet${depth}v2`,
      imageSize: size,
      epochs: 1,
      checkedMaps: 0,
      shortcutImages: 0,
    }, "bench");
    await completeRun(settings, { dir: dir as string, overwrite: true });
  },
  cache: (given) => openCache(given as unknown as DataCommand),
});
