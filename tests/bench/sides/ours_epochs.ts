/** Our side of whole epochs: data, augmentation, validation and checkpoints, as `deno task train` has them. */
import { DEFAULT_AUGMENTATION } from "../../../lib/dataset/augmentation.ts";
import { createModel } from "../../../lib/model/model.ts";
import { networkOf } from "../../../lib/training/network_of.ts";
import { runFolder } from "../../../lib/training/run_folder.ts";
import { checkSettings } from "../../../lib/training/settings.ts";
import { train } from "../../../lib/training/train.ts";
import { newState } from "../../../lib/training/training_state.ts";
import { answer, readCommand } from "./_commands.ts";
import { type DataCommand, openData } from "./_training_data.ts";

type EpochsCommand = DataCommand & { depth: number; batch: number };

/** Trains; after each epoch answers with the seconds that it took, and rests until the next is asked for. */
async function trainEpochs(command: EpochsCommand): Promise<void> {
  using data = await openData(command);
  const { depth, size, batch } = command;
  const settings = checkSettings({
    network: `resnet${depth}v2`,
    pooling: "flatten",
    imageSize: size,
    batchSize: batch,
    epochs: 1000,
    schedule: "constant",
    augmentation: DEFAULT_AUGMENTATION,
  }, "the benchmark");
  const model = createModel(networkOf(settings, data.findings), settings);
  const dir = await Deno.makeTempDir();
  const stop = new AbortController();
  let start = performance.now();
  try {
    await train(settings, {
      state: newState(model),
      data,
      run: runFolder(dir),
      signal: stop.signal,
      onEpoch() {
        answer((performance.now() - start) / 1000);
        if (readCommand() === null) stop.abort();
        start = performance.now();
      },
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const command = readCommand();
if (command) await trainEpochs(command as unknown as EpochsCommand);
